"""Each part of a cluster is who its certificate says, with the rights of its group, and is trusted by that alone."""

import json
import ssl
from base64 import b64decode

import pytest
from cryptography import x509

from deploy.cluster import network, pki
from deploy.cluster.control import Identities


@pytest.fixture(scope="module")
def who(tmp_path_factory: pytest.TempPathFactory) -> Identities:
    return Identities.make(tmp_path_factory.mktemp("identities"))


def certificate(pem: bytes) -> x509.Certificate:
    return x509.load_pem_x509_certificates(pem)[0]


def test_a_kubeconfig_says_where_the_cluster_is_and_who_asks(who: Identities) -> None:
    known = json.loads(who.client("n1", "system:node:n1", "system:nodes").read_text())
    cluster, user = known["clusters"][0]["cluster"], known["users"][0]["user"]
    assert cluster["server"] == f"https://{network.HUB}:6443"
    assert b64decode(cluster["certificate-authority-data"]) == who.authority.certificate.read_bytes()
    own = certificate(b64decode(user["client-certificate-data"]))
    assert own.subject.rfc4514_string() == "CN=system:node:n1,O=system:nodes"


def test_nobody_but_the_administrator_is_one(who: Identities) -> None:
    groups = {}
    for file in who.folder.glob("*.conf"):
        data = json.loads(file.read_text())["users"][0]["user"]["client-certificate-data"]
        groups[file.stem] = certificate(b64decode(data)).subject.rfc4514_string()
    assert [name for name, subject in groups.items() if "system:masters" in subject] == ["admin"]


def test_a_key_and_its_certificate_are_in_one_file_and_answer_for_every_name(who: Identities) -> None:
    file = who.issue("server", "kube-apiserver", hosts=("kubernetes.default.svc", network.API_SERVICE))
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(file)
    names = certificate(file.read_bytes()).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["kubernetes.default.svc"]
    assert [str(one) for one in names.get_values_for_type(x509.IPAddress)] == [network.API_SERVICE]


def test_what_one_authority_signed_another_does_not_vouch_for(who: Identities) -> None:
    front = pki.authority(who.folder, "front-proxy")
    signed = certificate(pki.issue(front, who.folder / "extension.pem", "front-proxy-client").read_bytes())
    assert signed.issuer != certificate(who.authority.certificate.read_bytes()).subject
