"""Makes requests.json: certificate requests as devices send them, but with keys that are too weak or of another kind.

Keys are new at every run, so the file changes as a whole. Needs the package `cryptography`:

    python3 requests.py > requests.json
"""

import base64
import json

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID

SUBJECT = "7E980AD9-B86D-4306-9425-9AC066FB014A"


def request(key, digest):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SUBJECT)])
    signed = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, digest)
    return base64.b64encode(signed.public_bytes(serialization.Encoding.DER)).decode()


print(
    json.dumps(
        {
            "rsa_1024": request(rsa.generate_private_key(65537, 1024), hashes.SHA256()),
            "rsa_2040": request(rsa.generate_private_key(65537, 2040), hashes.SHA256()),
            "rsa_4104": request(rsa.generate_private_key(65537, 4104), hashes.SHA256()),
            "p384": request(ec.generate_private_key(ec.SECP384R1()), hashes.SHA384()),
            "secp256k1": request(ec.generate_private_key(ec.SECP256K1()), hashes.SHA256()),
            "ed25519": request(ed25519.Ed25519PrivateKey.generate(), None),
        },
        indent=1,
    )
)
