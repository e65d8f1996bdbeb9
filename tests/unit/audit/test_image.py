"""The bill of an image names what Debian installed beside what the locks name."""

from tools.audit.image import debian_parts

LISTED = "libssl3\t3.0.17-1~deb12u2\tamd64\tinstalled\ntzdata\t2026a-0\tall\tinstalled\nold\t1.0\tamd64\tconfig-files\n"


def test_an_installed_package_is_named_as_scanners_know_it() -> None:
    purls = [part.purl for part in debian_parts(LISTED, "debian-12")]

    assert purls == [
        "pkg:deb/debian/libssl3@3.0.17-1~deb12u2?arch=amd64&distro=debian-12",
        "pkg:deb/debian/tzdata@2026a-0?arch=all&distro=debian-12",
    ]


def test_a_removed_package_is_left_out() -> None:
    assert "old" not in {part.name for part in debian_parts(LISTED, "debian-12")}
