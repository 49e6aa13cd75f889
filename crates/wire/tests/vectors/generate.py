"""Makes vectors.json: what independent libraries make of the formats of this crate.

Keys are new at every run, so the file changes as a whole. Needs the packages `cryptography` and `jwcrypto`:

    python3 generate.py > vectors.json
"""

import base64
import datetime
import json
import os
import struct

from cryptography import x509
from cryptography.hazmat.primitives import hashes, padding, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.kbkdf import KBKDFHMAC, CounterLocation, Mode
from cryptography.x509.oid import NameOID
from jwcrypto import jwe, jwk, jws

DEVICE = "5713b322-9419-4ce2-bb74-1b81c3aa201f"
NONCE = "a-nonce"


def b64(data):
    return base64.b64encode(data).decode()


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def pkcs8(key):
    return key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def spki(key):
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def certificate(key):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, DEVICE)])
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    return builder.not_valid_before(start).not_valid_after(start.replace(year=2036)).sign(key, hashes.SHA256())


def der(cert):
    return cert.public_bytes(serialization.Encoding.DER)


def sha256(*parts):
    digest = hashes.Hash(hashes.SHA256())
    for part in parts:
        digest.update(part)
    return digest.finalize()


def derive(session_key, context):
    """NIST SP 800-108 in counter mode: counter first, 32-bit counter and length."""
    kdf = KBKDFHMAC(hashes.SHA256(), Mode.CounterMode, 32, 4, 4, CounterLocation.BeforeFixed, b"AzureAD-SecureConversation", context, None)
    return kdf.derive(session_key)


def signed(key, header, claims):
    message = jws.JWS(json.dumps(claims))
    message.allowed_algs = ["RS256", "PS256", "ES256", "HS256"]
    message.add_signature(key, None, json.dumps(header), None)
    return message.serialize(compact=True)


def key_derivations():
    for length in (24, 32):
        session_key, context, payload = os.urandom(32), os.urandom(length), os.urandom(100)
        yield {
            "session_key": b64(session_key),
            "context": b64(context),
            "payload": b64(payload),
            "v1": b64(derive(session_key, context)),
            "v2": b64(derive(session_key, sha256(context, payload))),
        }


def cookies(session_key):
    claims = {"refresh_token": "a-prt", "request_nonce": NONCE, "ua_client_id": None, "windows_api_version": "2.0.1"}
    for length in (24, 32):
        for version in (1, 2):
            context = os.urandom(length)
            header = {"alg": "HS256", "typ": "JWT", "ctx": b64(context)} | ({"kdf_ver": 2} if version == 2 else {})
            bound = sha256(context, json.dumps(claims).encode()) if version == 2 else context
            key = jwk.JWK(kty="oct", k=b64url(derive(session_key, bound)))
            yield {"version": version, "message": signed(key, header, claims)}


def session_key_delivery(session_key):
    key = rsa.generate_private_key(65537, 2048)
    message = jwe.JWE(b"", json.dumps({"alg": "RSA-OAEP", "enc": "A256GCM"}))
    message.cek = session_key
    message.add_recipient(jwk.JWK.from_pyca(key.public_key()))
    numbers = key.public_key().public_numbers()
    blob = b"RSA1" + struct.pack("<5I", 2048, 3, 256, 0, 0) + numbers.e.to_bytes(3, "big") + numbers.n.to_bytes(256, "big")
    return {"transport_key": b64(pkcs8(key)), "spki": b64(spki(key)), "blob": b64(blob), "jwe": message.serialize(compact=True)}


def answers(session_key):
    plain = json.dumps({"token_type": "Bearer", "expires_in": "3600"}).encode()
    context = os.urandom(24)
    header = {"alg": "dir", "enc": "A256GCM", "ctx": b64(context)}
    key = derive(session_key, context)
    gcm = jwe.JWE(plain, json.dumps(header))
    gcm.add_recipient(jwk.JWK(kty="oct", k=b64url(key)))

    iv, padder = os.urandom(16), padding.PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    body = encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()
    cbc = f"{b64url(json.dumps(header).encode())}..{b64url(iv)}.{b64url(body)}."
    return {"plain": plain.decode(), "gcm": gcm.serialize(compact=True), "cbc": cbc}


def signatures():
    keys = {"RS256": rsa.generate_private_key(65537, 2048), "ES256": ec.generate_private_key(ec.SECP256R1())}
    keys["PS256"] = keys["RS256"]
    for alg, key in keys.items():
        public = jwk.JWK.from_pyca(key.public_key())
        yield {
            "alg": alg,
            "pkcs8": b64(pkcs8(key)),
            "spki": b64(spki(key)),
            "jwk": json.loads(public.export_public()),
            "thumbprint": public.thumbprint(),
            "message": signed(jwk.JWK.from_pyca(key), {"alg": alg, "typ": "JWT"}, {"sub": "somebody"}),
        }


def device_messages():
    claims = {
        "client_id": "38aa3b87-a06d-4817-b275-7a316988d93b",
        "request_nonce": NONCE,
        "scope": "openid aza ugs",
        "win_ver": None,
        "grant_type": "password",
        "username": "alice@contoso.example",
        "password": "a password",
    }
    for alg, key in (("RS256", rsa.generate_private_key(65537, 2048)), ("ES256", ec.generate_private_key(ec.SECP256R1()))):
        cert = certificate(key)
        for x5c in (b64(der(cert)), [b64(der(cert))]):
            yield {
                "certificate": b64(der(cert)),
                "sha1": cert.fingerprint(hashes.SHA1()).hex().upper(),
                "spki_sha256": sha256(spki(key)).hex(),
                "message": signed(jwk.JWK.from_pyca(key), {"alg": alg, "typ": "JWT", "x5c": x5c}, claims),
            }


def pkeyauth_tokens():
    """As libraries of the two kinds of phones sign them: without or with the query, the time as text or as a number."""
    for alg, key in (("RS256", rsa.generate_private_key(65537, 2048)), ("ES256", ec.generate_private_key(ec.SECP256R1()))):
        cert = certificate(key)
        header = {"alg": alg, "typ": "JWT", "x5c": [b64(der(cert))]}
        for audience, iat in (("https://login.example/t/pkeyauth", "1795425441"), ("https://login.example/t/pkeyauth?x-client-Ver=5.0", 1795425441)):
            claims = {"aud": audience, "nonce": NONCE, "iat": iat}
            yield {"certificate": b64(der(cert)), "message": signed(jwk.JWK.from_pyca(key), header, claims)}


def client_assertions():
    key = rsa.generate_private_key(65537, 2048)
    cert = certificate(key)
    client = "11111111-2222-3333-4444-555555555555"
    claims = {"aud": "https://login.example/t/oauth2/v2.0/token", "iss": client, "sub": client, "jti": "1"}
    digests = {"PS256": ("x5t#S256", hashes.SHA256()), "RS256": ("x5t", hashes.SHA1())}
    for alg, (name, digest) in digests.items():
        for expires in (1795425441, 1795425441.73, "1795425441"):
            header = {"alg": alg, "typ": "JWT", name: b64url(cert.fingerprint(digest))}
            message = signed(jwk.JWK.from_pyca(key), header, claims | {"exp": expires, "nbf": 1795424841.5})
            yield {"certificate": b64(der(cert)), "message": message}


def main():
    session_key = os.urandom(32)
    vectors = {
        "session_key": b64(session_key),
        "key_derivations": list(key_derivations()),
        "cookies": list(cookies(session_key)),
        "session_key_delivery": session_key_delivery(session_key),
        "answers": answers(session_key),
        "signatures": list(signatures()),
        "device_messages": list(device_messages()),
        "pkeyauth_tokens": list(pkeyauth_tokens()),
        "client_assertions": list(client_assertions()),
    }
    print(json.dumps(vectors, indent=1))


if __name__ == "__main__":
    main()
