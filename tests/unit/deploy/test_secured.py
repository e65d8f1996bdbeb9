"""The secrets of a secured stack: made once, for their owner alone, and vouched for by one authority."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from cryptography import x509

from deploy.local.authority import Authority, write_private
from deploy.local.parts.services import BY_CERTIFICATE, environment, services
from deploy.local.ports import Ports
from deploy.local.secured import ADMIN, Secured, secure
from shared.brokers import Identity
from tools.operate.acls import grants


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Secured:
    return secure(tmp_path_factory.mktemp("home"))


def test_nobody_else_on_the_machine_reads_them(secured: Secured) -> None:
    assert secured.folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in secured.folder.iterdir()} == {0o400}


def test_what_is_there_is_kept(secured: Secured) -> None:
    before = {file: file.read_text() for file in secured.folder.iterdir()}
    secure(secured.folder.parent)
    assert {file: file.read_text() for file in secured.folder.iterdir()} == before


def test_a_certificate_names_its_principal_and_is_the_authoritys(secured: Secured) -> None:
    ca = x509.load_pem_x509_certificate(secured.ca.read_bytes())
    for name in secured.names:
        x509.load_pem_x509_certificate(secured.certificate(name).read_bytes()).verify_directly_issued_by(ca)
        assert Identity("SSL", certificate=secured.certificate(name)).name == name


def test_a_towns_principals_are_those_that_its_rights_are_given_to(tmp_path: Path) -> None:
    ports, town = Ports(), secure(tmp_path, prefix="nbn.")
    parts = services(ports, environment(ports, {}, town), town)
    shown = {at_the_broker(part.env).name for part in parts}
    operators = at_the_broker(environment(ports, {}, town)).name
    assert shown | {operators} == {grant.principal for grant in grants("nbn.")}
    assert town.principal(ADMIN) == ADMIN


def at_the_broker(env: Mapping[str, str]) -> Identity:
    chain = env.get("KAFKA_CERTIFICATE_FILE")
    return Identity(
        "SSL" if chain else "SASL_SSL",
        username=env.get("KAFKA_SASL_USERNAME", ""),
        certificate=Path(chain) if chain else None,
    )


def test_a_new_authority_is_told_from_the_one_before(tmp_path: Path) -> None:
    old, new = (Authority(tmp_path / f"{name}.pem", tmp_path / f"{name}.key") for name in ("old", "new"))
    assert old.found()
    assert new.found()
    assert not new.found()
    issued = x509.load_pem_x509_certificate(new.issue("intake").encode())
    assert issued.issuer != x509.load_pem_x509_certificate(old.certificate.read_bytes()).subject


def test_a_secret_is_replaced_as_a_whole(tmp_path: Path) -> None:
    file = tmp_path / "intake.password"
    write_private(file, "first")
    write_private(file, "second")
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("intake.password", "second")]


def test_no_service_is_told_what_others_sign_in_with(secured: Secured) -> None:
    ports = Ports()
    for part in services(ports, environment(ports, {}, secured), secured):
        names = {name for name in secured.names if any(f"/{name}." in value for value in part.env.values())}
        assert names == {part.name}
        assert ("KAFKA_CERTIFICATE_FILE" in part.env) == (part.name in BY_CERTIFICATE)
        for other in secured.names:
            assert other == part.name or secured.password(other) not in " ".join(part.env.values())
