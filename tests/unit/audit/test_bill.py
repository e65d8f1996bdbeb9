"""The bill of materials names what is delivered, in a form that tools read."""

from datetime import UTC, datetime

from tests.support.source import ROOT
from tools.audit.bill import bill_of
from tools.audit.parts import Package, read_parts

NOW = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
PARTS = [
    Package("PyPI", "fastapi", "1.0", True, "MIT", ("0" * 64,)),
    Package("npm", "@s/p", "2.0", True, "MIT OR Apache-2.0"),
    Package("PyPI", "pytest", "9.0", False, "MIT"),
]


def test_it_holds_what_is_delivered_and_nothing_else() -> None:
    bill = bill_of(PARTS, "0.1.0", NOW)

    assert [part["purl"] for part in bill["components"]] == ["pkg:pypi/fastapi@1.0", "pkg:npm/%40s/p@2.0"]
    assert bill["components"][0]["hashes"] == [{"alg": "SHA-256", "content": "0" * 64}]
    assert bill["components"][1]["licenses"] == [{"expression": "MIT OR Apache-2.0"}]
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")


def test_the_same_parts_have_the_same_serial_number_and_others_another() -> None:
    later = datetime(2026, 11, 27, tzinfo=UTC)
    first, again, other = bill_of(PARTS, "1", NOW), bill_of(PARTS, "1", later), bill_of(PARTS[:1], "1", NOW)

    assert first["serialNumber"] == again["serialNumber"] != other["serialNumber"]


def test_every_reference_is_to_a_part_that_is_there_once() -> None:
    bill = bill_of(read_parts(ROOT), "0.1.0", NOW)
    references = [part["bom-ref"] for part in bill["components"]]

    assert len(references) == len(set(references)) > 60
    assert bill["dependencies"] == [{"ref": "onestop", "dependsOn": references}]
