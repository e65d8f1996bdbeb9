"""A time-stamp authority (RFC 3161) on this machine, with a certificate of an authority of its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.timestamps import DummyTimeStamper

from deploy.local.seal import issue
from tests.support.seals import NOW


@dataclass(frozen=True)
class TimeAuthority:
    """Where it is asked, and the PEM of who vouches for it."""

    url: str
    root: bytes


@contextmanager
def time_authority(folder: Path) -> Iterator[TimeAuthority]:
    """It answers each question by now, and to nobody when the block is left."""
    file = folder / "time.p12"
    stamping = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    file.write_bytes(issue("เวลา", "ผู้รับรองเวลา", NOW - timedelta(days=1), purpose=stamping))
    signer = SimpleSigner.load_pkcs12(str(file))
    assert signer is not None
    stamper = DummyTimeStamper(signer.signing_cert, signer.signing_key, signer.cert_registry)

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["content-length"])))
            said = stamper.request_tsa_response(asked).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield TimeAuthority(f"http://127.0.0.1:{server.server_port}", roots(file.read_bytes()))
        server.shutdown()


def roots(key: bytes) -> bytes:
    """PEM of the authorities that stand above a key."""
    above = load_pkcs12(key, None).additional_certs
    return b"".join(one.certificate.public_bytes(Encoding.PEM) for one in above)
