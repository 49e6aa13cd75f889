"""Makes attestations.json: attestations of both platforms, sound ones and one for each attack, made by independent libraries.

Keys are new at every run, so the file changes as a whole. Needs the packages `cryptography`, `asn1crypto` and `cbor2`:

    python3 attestation.py > attestations.json
"""

import base64
import datetime
import hashlib
import json

import cbor2
from asn1crypto import core
from asn1crypto import x509 as asn1x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

NOW = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.timezone.utc)
YEAR = datetime.timedelta(days=365)
CHALLENGE = b"a-nonce-of-the-service"
PACKAGE = "com.contoso.mail"
SIGNER = hashlib.sha256(b"the certificate that signs the app").digest()
APP_ID = "AB12CD34EF.com.contoso.mail"
KEY_DESCRIPTION = x509.ObjectIdentifier("1.3.6.1.4.1.11129.2.1.17")
APPLE_NONCE = x509.ObjectIdentifier("1.2.840.113635.100.8.2")


def b64(data):
    return base64.b64encode(data).decode()


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def der(certificate):
    return certificate.public_bytes(serialization.Encoding.DER)


def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def point(key):
    return key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def jwk(key):
    raw = point(key)
    return {"kty": "EC", "crv": "P-256", "x": b64url(raw[1:33]), "y": b64url(raw[33:])}


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Authority:
    """A certificate authority of a vendor."""

    def __init__(self, text, key, issuer=None, *, serial=None, until=NOW + 20 * YEAR, is_ca=True, length=None, hash=None, more=()):
        self.name, self.key, self.hash = name(text), key, hash or hashes.SHA256()
        signer = issuer or self
        builder = (
            x509.CertificateBuilder(signer.name, self.name, key.public_key(), serial or x509.random_serial_number())
            .not_valid_before(NOW - 5 * YEAR)
            .not_valid_after(until)
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=length if is_ca else None), critical=True)
            .add_extension(
                x509.KeyUsage(not is_ca, False, False, False, False, is_ca, is_ca, False, False), critical=True
            )
        )
        for extension in more:
            builder = builder.add_extension(extension, critical=False)
        self.certificate = builder.sign(signer.key, signer.hash)

    def issue(self, public_key, extensions, *, since=None, until=None, serial=1, critical=False, hash=None):
        builder = (
            x509.CertificateBuilder(self.name, name("Android Keystore Key"), public_key, serial)
            .not_valid_before(since or datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc))
            .not_valid_after(until or datetime.datetime(2048, 1, 1, tzinfo=datetime.timezone.utc))
        )
        for extension in extensions:
            builder = builder.add_extension(extension, critical=critical)
        return builder.sign(self.key, hash or self.hash)


def p256():
    return ec.generate_private_key(ec.SECP256R1())


# Android -------------------------------------------------------------------------------------------------------------------------


def explicit(number, value):
    """An element with an explicit tag around it, of any number."""
    content = value if isinstance(value, bytes) else value.dump()
    if number < 31:
        head = bytes([0xA0 | number])
    else:
        groups = []
        rest = number
        while rest:
            groups.insert(0, rest & 0x7F)
            rest >>= 7
        head = bytes([0xBF] + [group | 0x80 for group in groups[:-1]] + [groups[-1]])
    return head + length(len(content)) + content


def length(size):
    if size < 0x80:
        return bytes([size])
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(digits)]) + digits


def sequence(*parts):
    content = b"".join(part if isinstance(part, bytes) else part.dump() for part in parts)
    return b"\x30" + length(len(content)) + content


def set_of(*parts):
    content = b"".join(sorted(part if isinstance(part, bytes) else part.dump() for part in parts))
    return b"\x31" + length(len(content)) + content


def enumerated(number):
    return b"\x0a\x01" + bytes([number])


def application_id(packages, digests):
    infos = [sequence(core.OctetString(package.encode()), core.Integer(version)) for package, version in packages]
    return core.OctetString(sequence(set_of(*infos), set_of(*[core.OctetString(digest) for digest in digests])))


def root_of_trust(locked=True, state=0, boot_hash=True):
    parts = [core.OctetString(b"\x07" * 32), core.Boolean(locked), enumerated(state)]
    return sequence(*parts, *([core.OctetString(b"\x08" * 32)] if boot_hash else []))


def description(
    *,
    version=300,
    level=1,
    key_level=1,
    challenge=CHALLENGE,
    packages=((PACKAGE, 41),),
    digests=(SIGNER,),
    purposes=(2,),
    origin=0,
    root=None,
    software_root=None,
    software=(),
    hardware=(),
    behind=b"",
    after=b"",
):
    software_fields = [explicit(701, core.Integer(1772366400000))]
    if software_root:
        software_fields.append(explicit(704, software_root))
    if packages is not None:
        software_fields.append(explicit(709, application_id(packages, digests)))
    hardware_fields = []
    if purposes is not None:
        hardware_fields.append(explicit(1, set_of(*[core.Integer(purpose) for purpose in purposes])))
    hardware_fields += [
        explicit(2, core.Integer(3)),
        explicit(3, core.Integer(256)),
        explicit(5, set_of(core.Integer(4))),
        explicit(10, core.Integer(1)),
        explicit(503, core.Null()),
    ]
    if origin is not None:
        hardware_fields.append(explicit(702, core.Integer(origin)))
    if root is not False:
        hardware_fields.append(explicit(704, root or root_of_trust()))
    hardware_fields += [explicit(705, core.Integer(160000)), explicit(706, core.Integer(202602))]
    return (
        sequence(
            core.Integer(version),
            enumerated(level),
            core.Integer(version),
            enumerated(key_level),
            core.OctetString(challenge),
            core.OctetString(b""),
            sequence(*software_fields, *software),
            sequence(*hardware_fields, *hardware),
            behind,
        )
        + after
    )


class Phone:
    """An Android phone: root, two intermediates, attestation key."""

    def __init__(self):
        self.root = Authority("Test root of attestations", rsa.generate_private_key(65537, 3072))
        self.middle = Authority("Test intermediate", ec.generate_private_key(ec.SECP384R1()), self.root, serial=0x0C8966FCB2FBB0D7A)
        self.batch = Authority("Test batch key", p256(), self.middle, serial=0x2C8CDDDFD5E03BFC, length=0)
        self.key = p256()

    def chain(self, content=None, *, key=None, issuers=None, more=(), **how):
        issuers = issuers or [self.batch, self.middle, self.root]
        extensions = [x509.UnrecognizedExtension(KEY_DESCRIPTION, content or description()), *more]
        leaf = issuers[0].issue((key or self.key).public_key(), extensions, **how)
        return [der(leaf)] + [der(issuer.certificate) for issuer in issuers]


def nested(depth):
    content = b""
    while len(content) < depth:
        content = b"\x30" + length(len(content)) + content
    return content


def with_extension_twice(leaf, issuer):
    """The certificate with its last extension doubled and signed again, which no library for making certificates does."""
    certificate = asn1x509.Certificate.load(leaf)
    tbs = certificate["tbs_certificate"]
    tbs["extensions"].append(tbs["extensions"][-1].copy())
    certificate["signature_value"] = issuer.key.sign(tbs.dump(force=True), ec.ECDSA(hashes.SHA256()))
    return certificate.dump(force=True)


def android():
    phone = Phone()
    other_root = Authority("Test root of attestations", rsa.generate_private_key(65537, 3072))
    other_middle = Authority("Test intermediate", ec.generate_private_key(ec.SECP384R1()), other_root)
    other_batch = Authority("Test batch key", p256(), other_middle)
    expired = Authority("Test batch key", p256(), phone.middle, until=NOW - datetime.timedelta(seconds=1))
    no_authority = Authority("Test batch key", p256(), phone.middle, is_ca=False)
    too_deep = Authority("Too deep", p256(), phone.batch)
    forged = Authority("An attested key as authority", phone.key, phone.batch)
    described = Authority(
        "Test batch key", p256(), phone.middle, more=[x509.UnrecognizedExtension(KEY_DESCRIPTION, description())]
    )
    good = phone.chain()
    swapped = [good[0], good[2], good[1], good[3]]
    rsa_key = rsa.generate_private_key(65537, 2048)
    cases = {
        "good": good,
        "without the root": good[:-1],
        "strong box": phone.chain(description(level=2, key_level=2)),
        "keymaster 2": phone.chain(description(version=2, root=root_of_trust(boot_hash=False))),
        "several packages": phone.chain(description(packages=((PACKAGE, 41), ("com.contoso.files", 7)))),
        "new field": phone.chain(description(hardware=[explicit(1999, core.Null())])),
        # Who speaks.
        "other root": phone.chain(issuers=[other_batch, other_middle, other_root]),
        "own root": phone.chain(issuers=[other_batch, other_middle, phone.root]),
        "swapped": swapped,
        "gap": [good[0], good[2], good[3]],
        "leaf alone": good[:1],
        "expired link": phone.chain(issuers=[expired, phone.middle, phone.root]),
        "expired leaf": phone.chain(until=NOW - datetime.timedelta(seconds=1)),
        "leaf of the future": phone.chain(since=NOW + datetime.timedelta(days=1)),
        "no authority": phone.chain(issuers=[no_authority, phone.middle, phone.root]),
        "too deep": phone.chain(issuers=[too_deep, phone.batch, phone.middle, phone.root]),
        "attested key as authority": phone.chain(issuers=[forged, phone.batch, phone.middle, phone.root]),
        "described twice": phone.chain(issuers=[described, phone.middle, phone.root]),
        "extension twice": [with_extension_twice(good[0], phone.batch), *good[1:]],
        "unknown critical extension": phone.chain(critical=True),
        "too many": [*good[:1], *[good[1]] * 8],
        # What is said.
        "software": phone.chain(description(level=0, key_level=0)),
        "software key": phone.chain(description(key_level=0)),
        "unlocked": phone.chain(description(root=root_of_trust(locked=False))),
        "unlocked and unverified": phone.chain(description(root=root_of_trust(locked=False, state=2))),
        "self-signed boot": phone.chain(description(root=root_of_trust(state=1))),
        "failed boot": phone.chain(description(root=root_of_trust(state=3))),
        "no root of trust": phone.chain(description(root=False)),
        "root of trust by software": phone.chain(description(root=False, software_root=root_of_trust())),
        "other package": phone.chain(description(packages=(("com.evil.mail", 41),))),
        "no application": phone.chain(description(packages=None)),
        "other signer": phone.chain(description(digests=(sha256(b"another certificate"),))),
        "second signer": phone.chain(description(digests=(SIGNER, sha256(b"another certificate")))),
        "no signer": phone.chain(description(digests=())),
        "other challenge": phone.chain(description(challenge=b"another-nonce")),
        "decrypts too": phone.chain(description(purposes=(2, 1))),
        "attests too": phone.chain(description(purposes=(2, 7))),
        "no purpose": phone.chain(description(purposes=None)),
        "imported": phone.chain(description(origin=2)),
        "no origin": phone.chain(description(origin=None)),
        "other key": phone.chain(key=p256()),
        # Not of the form.
        "rsa key": phone.chain(key=rsa_key),
        "unknown version": phone.chain(description(version=5)),
        "field twice": phone.chain(description(hardware=[explicit(702, core.Integer(0))])),
        "application twice": phone.chain(description(software=[explicit(709, application_id(((PACKAGE, 41),), (SIGNER,)))])),
        "trailing in the list": phone.chain(description(behind=core.Null().dump())),
        "trailing in the extension": phone.chain(description(after=b"\x00")),
        "short digest": phone.chain(description(digests=(SIGNER[:20],))),
        "long challenge": phone.chain(description(challenge=b"x" * 129)),
        "deeply nested": phone.chain(description(hardware=[explicit(1998, nested(3000))])),
        "empty extension": phone.chain(b"\x30\x00"),
        "no extension": [der(phone.batch.issue(phone.key.public_key(), [])), *good[1:]],
    }
    revocations = {
        "entries": {
            "2c8cdddfd5e03bfc": {"status": "REVOKED", "reason": "KEY_COMPROMISE", "comment": "leaked"},
            "c8966fcb2fbb0d7b": {"status": "SUSPENDED", "expires": "2030-01-01", "reason": "SOFTWARE_FLAW"},
        }
    }
    # The issuers are the same in most chains.
    certificates = sorted({certificate for chain in cases.values() for certificate in chain})
    chains = {title: [certificates.index(certificate) for certificate in chain] for title, chain in cases.items()}
    return {
        "root": pem(phone.root.certificate),
        "key": jwk(phone.key),
        "challenge": CHALLENGE.decode(),
        "package": PACKAGE,
        "signer": SIGNER.hex(),
        "revocations": revocations,
        "revocationsOfNobody": {"entries": {"c8966fcb2fbb0d7b": {"status": "REVOKED", "reason": "KEY_COMPROMISE"}}},
        "certificates": [b64(certificate) for certificate in certificates],
        "chains": chains,
    }


# Apple ---------------------------------------------------------------------------------------------------------------------------


def cose(key):
    raw = point(key)
    return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: raw[1:33], -3: raw[33:]})


class Enclave:
    """An iPhone and Apple's part of it."""

    def __init__(self):
        curve = ec.SECP384R1()
        self.root = Authority("Test App Attestation Root", ec.generate_private_key(curve), hash=hashes.SHA384())
        self.middle = Authority("Test App Attestation CA 1", ec.generate_private_key(curve), self.root, length=0)
        self.key = p256()
        self.proof = p256()

    def client_data(self, nonce=CHALLENGE, proof=None):
        key = jwk(proof or self.proof)
        return b".".join([nonce, key["x"].encode(), key["y"].encode()])

    def data(self, *, app_id=APP_ID, counter=0, aaguid=b"appattest" + bytes(7), key=None, credential=None):
        key = key or self.key
        credential = sha256(point(key)) if credential is None else credential
        head = sha256(app_id.encode()) + b"\x40" + counter.to_bytes(4, "big")
        return head + aaguid + len(credential).to_bytes(2, "big") + credential + cose(key)

    def object(self, data=None, *, client_data=None, leaf_key=None, issuer=None, nonce=None, extensions=None, format="apple-appattest",
               statement=None, chain=None, more=None, **how):
        data = data or self.data()
        issuer = issuer or self.middle
        nonce = nonce or sha256(data, sha256(client_data or self.client_data()))
        content = sequence(explicit(1, core.OctetString(nonce)))
        extensions = [x509.UnrecognizedExtension(APPLE_NONCE, content)] if extensions is None else extensions
        since, until = how.get("since", NOW - datetime.timedelta(days=1)), how.get("until", NOW + datetime.timedelta(days=2))
        leaf = issuer.issue((leaf_key or self.key).public_key(), extensions, since=since, until=until, hash=hashes.SHA256())
        chain = chain or [der(leaf), der(issuer.certificate)]
        statement = statement or {"x5c": chain, "receipt": b"a receipt for Apple"}
        return cbor2.dumps({"fmt": format, "attStmt": statement, "authData": data, **(more or {})})

    def assertion(self, counter, *, key=None, app_id=APP_ID, client_data=None, data=None, more=None):
        data = data or sha256(app_id.encode()) + b"\x40" + counter.to_bytes(4, "big")
        message = sha256(data, sha256(client_data or self.client_data()))
        signature = (key or self.key).sign(message, ec.ECDSA(hashes.SHA256()))
        return cbor2.dumps({"signature": signature, "authenticatorData": data, **(more or {})})


def app_attest():
    phone = Enclave()
    other = Enclave()
    good = phone.object()
    wide = x509.UnrecognizedExtension(APPLE_NONCE, sequence(explicit(1, core.OctetString(sha256(b"x"))), core.Null()))
    expired = Authority(
        "Test App Attestation CA 1", ec.generate_private_key(ec.SECP384R1()), phone.root, until=NOW - datetime.timedelta(seconds=1)
    )
    deep = b"\x81" * 2000 + b"\x00"
    cases = {
        "good": good,
        "development": phone.object(phone.data(aaguid=b"appattestdevelop")),
        "other root": phone.object(issuer=other.middle),
        "expired link": phone.object(issuer=expired),
        "expired leaf": phone.object(until=NOW - datetime.timedelta(seconds=1)),
        "leaf of the future": phone.object(since=NOW + datetime.timedelta(days=1)),
        "other challenge": phone.object(client_data=phone.client_data(b"another-nonce")),
        "other proof key": phone.object(client_data=phone.client_data(proof=p256())),
        "other app": phone.object(phone.data(app_id="AB12CD34EF.com.evil.mail")),
        "other team": phone.object(phone.data(app_id="ZZ12CD34EF.com.contoso.mail")),
        "leaf of another key": phone.object(leaf_key=other.key),
        "key id of another key": phone.object(phone.data(credential=sha256(point(other.key)))),
        "used before": phone.object(phone.data(counter=1)),
        "other make": phone.object(phone.data(aaguid=bytes(16))),
        "other format": phone.object(format="packed"),
        "no chain": phone.object(statement={"receipt": b""}),
        "leaf alone": phone.object(chain=[cbor2.loads(good)["attStmt"]["x5c"][0]]),
        "no nonce": phone.object(extensions=[]),
        "nonce with company": phone.object(extensions=[wide]),
        "member too many": phone.object(more={"epAtt": True}),
        "trailing": good + b"\x00",
        "cut short": good[:-1],
        "indefinite": b"\xbf" + good[1:] + b"\xff",
        "twice the same": b"\xa3" + good[1:1 + len(cbor2.dumps("fmt")) + len(cbor2.dumps("apple-appattest"))] * 2 + good[1:],
        "deeply nested": b"\xa3\x63fmt\x6fapple-appattest\x67attStmt" + deep,
    }
    assertions = {
        "first": phone.assertion(1),
        "second": phone.assertion(2),
        "other challenge": phone.assertion(1, client_data=phone.client_data(b"another-nonce")),
        "other key": phone.assertion(1, key=other.key),
        "other app": phone.assertion(1, app_id="AB12CD34EF.com.evil.mail"),
        "trailing": phone.assertion(1) + b"\x00",
        "long data": phone.assertion(1, data=phone.data()),
        "member too many": phone.assertion(1, more={"x": 1}),
    }
    return {
        "root": pem(phone.root.certificate),
        "appId": APP_ID,
        "nonce": CHALLENGE.decode(),
        "proofKey": jwk(phone.proof),
        "key": jwk(phone.key),
        "objects": {title: b64(content) for title, content in cases.items()},
        "assertions": {title: b64(content) for title, content in assertions.items()},
    }


if __name__ == "__main__":
    print(json.dumps({"now": NOW.isoformat(), "android": android(), "appAttest": app_attest()}, separators=(",", ":")).replace('","', '",\n"'))
