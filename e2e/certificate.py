"""Certificates with which applications prove themselves."""

import base64
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID


class Certificate(NamedTuple):
    """As PEM texts, and the SHA-1 thumbprint by which old configurations know it."""

    key: str
    certificate: str
    thumbprint: str
    der: str

    @property
    def credentials(self) -> list[dict]:
        """As the registration of an application has it."""
        return [{"type": "AsymmetricX509Cert", "usage": "Verify", "key": self.der}]


def make() -> Certificate:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "End-to-end test")])
    now = datetime.now(timezone.utc)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    certificate = builder.sign(key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Certificate(
        private.decode(),
        certificate.public_bytes(serialization.Encoding.PEM).decode(),
        certificate.fingerprint(hashes.SHA1()).hex(),
        base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode(),
    )
