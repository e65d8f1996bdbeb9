"""What certificates say of whom, in words."""

from asn1crypto import x509


def name_of(certificate: x509.Certificate) -> str:
    """The person or office that the certificate is for, in words."""
    return _write_name(certificate.subject)


def issuer_of(certificate: x509.Certificate) -> str:
    """The authority that has issued the certificate, in words."""
    return _write_name(certificate.issuer)


def _write_name(name: x509.Name) -> str:
    """`common name, organisation`; all that is there when it has neither."""
    found = [name.native.get(part) for part in ("common_name", "organization_name")]
    said = [one if isinstance(one, str) else " ".join(one) for one in found if one]
    return ", ".join(dict.fromkeys(said)) or str(name.human_friendly)
