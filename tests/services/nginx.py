"""The nginx that is shipped: deploy/nginx/portal.conf.template filled in, with a certificate of its own."""

from __future__ import annotations

import datetime
import os
import re
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.services.process import Process, free_port

TEMPLATE = Path(__file__).resolve().parents[2] / "deploy/nginx/portal.conf.template"
TEMP_PATHS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


class Nginx(Process):
    """nginx in the foreground on free ports, in front of an upstream; `port` speaks TLS, `http_port` redirects."""

    def __init__(self, *, upstream_port: int) -> None:
        super().__init__()
        self.http_port = free_port()
        self._write_certificate()
        values = {
            "SERVER_NAME": "localhost",
            "UPSTREAM": f"127.0.0.1:{upstream_port}",
            "HTTP_PORT": f"127.0.0.1:{self.http_port}",
            "HTTPS_PORT": f"127.0.0.1:{self.port}",
            "CERTIFICATES": str(self.folder),
        }
        site = re.sub(r"\$\{([A-Z_]+)\}", lambda match: values[match[1]], TEMPLATE.read_text(encoding="utf-8"))
        # The container's log is its standard output; here it is a file that a test can read.
        site = site.replace("/dev/stdout", str(self.folder / "access.log"))
        (self.folder / "nginx.conf").write_text(self._around(site), encoding="utf-8")

    def command(self) -> list[str | Path]:
        return ["nginx", "-e", self.folder / "error.log", "-c", self.folder / "nginx.conf"]

    def _around(self, site: str) -> str:
        temp = "".join(f"{name}_temp_path {self.folder}/{name};\n" for name in TEMP_PATHS)
        user = "user root;\n" if os.geteuid() == 0 else ""
        top = f"{user}daemon off;\npid {self.folder}/pid;\nworker_processes 1;\nevents {{ worker_connections 256; }}\n"
        return f"{top}http {{\n{temp}{site}\n}}\n"

    def _write_certificate(self) -> None:
        key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .sign(key, hashes.SHA256())
        )
        pem, unsealed = serialization.Encoding.PEM, serialization.NoEncryption()
        private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, unsealed)
        (self.folder / "fullchain.pem").write_bytes(certificate.public_bytes(pem))
        (self.folder / "privkey.pem").write_bytes(private)
