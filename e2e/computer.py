"""A Windows computer's part of device registration: keys, the request for a certificate, and what it signs."""

import base64
import hmac
import json
import os
import struct

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

# The subject that every request has.
SUBJECT = "7E980AD9-B86D-4306-9425-9AC066FB014A"
PRT_BROKER = "38aa3b87-a06d-4817-b275-7a316988d93b"


class Computer:
    """A computer with keys of its own."""

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._transport = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._certificate = ""

    def join_request(self, join_type: int) -> str:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SUBJECT)])
        request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(self._key, hashes.SHA256())
        numbers = self._transport.public_key().public_numbers()
        exponent, modulus = numbers.e.to_bytes(3, "big"), numbers.n.to_bytes(256, "big")
        blob = b"RSA1" + struct.pack("<IIIII", 2048, 3, 256, 0, 0) + exponent + modulus
        body = {
            "CertificateRequest": {"Type": "pkcs10", "Data": _text(request.public_bytes(serialization.Encoding.DER))},
            "TransportKey": _text(blob),
            "TargetDomain": "contoso.example",
            "DeviceType": "Windows",
            "OSVersion": "10.0.26100.1",
            "DeviceDisplayName": "PC",
            "JoinType": join_type,
        }
        return json.dumps(body)

    def take(self, answer: dict) -> str:
        """Keeps the certificate of an answer; the id in it."""
        self._certificate = answer["Certificate"]["RawBody"]
        subject = x509.load_der_x509_certificate(base64.b64decode(self._certificate)).subject
        return subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value

    def prt_request(self, nonce: str, name: str, password: str) -> dict[str, str]:
        """The form that asks for a primary refresh token by name and password."""
        claims = {"client_id": PRT_BROKER, "request_nonce": nonce, "scope": "openid aza ugs", "grant_type": "password"}
        claims |= {"username": name, "password": password}
        return _form(jwt.encode(claims, self._key, algorithm="RS256", headers={"x5c": [self._certificate]}))

    def keep(self, answer: dict) -> None:
        """Keeps the primary refresh token of an answer, and its session key."""
        self._token = answer["refresh_token"]
        wrapped = base64.urlsafe_b64decode(answer["session_key_jwe"].split(".")[1] + "==")
        oaep = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)
        self._session_key = self._transport.decrypt(wrapped, oaep)

    def redemption(self, nonce: str, client: str, redirect: str, scope: str) -> dict[str, str]:
        """The form that asks for a client's tokens with the primary refresh token."""
        claims = {"refresh_token": self._token, "request_nonce": nonce, "client_id": client, "redirect_uri": redirect}
        claims |= {"scope": scope, "grant_type": "refresh_token", "iss": "aad:brokerplugin"}
        context = os.urandom(24)
        # NIST SP 800-108, counter mode: one block of 256 bits.
        fixed = b"\0\0\0\1" + b"AzureAD-SecureConversation" + b"\0" + context + b"\0\0\1\0"
        key = hmac.digest(self._session_key, fixed, "sha256")
        return _form(jwt.encode(claims, key, algorithm="HS256", headers={"ctx": _text(context)}))


def _form(request: str) -> dict[str, str]:
    grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    return {"windows_api_version": "2.0", "grant_type": grant, "request": request}


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
