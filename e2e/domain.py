"""A domain of Active Directory: Debian's Samba on a loopback address of its own, and what its administrators and people do there.

Everything lies in one folder; nothing of the machine's own Samba or Kerberos is read or changed."""

import base64
import ipaddress
import os
import secrets
import socket
import subprocess
import time
import uuid
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

REALM = "CORP.CONTOSO.EXAMPLE"
BASE = "DC=corp,DC=contoso,DC=example"
# What the people of the domain sign in with; a domain of the tenant.
SUFFIX = "contoso.example"
# AES128 and AES256.
STRONG = "24"


class Domain:
    """A domain controller that runs until `stop`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._dc = folder / "dc"
        # Domain controllers have fixed ports, so each has an address.
        self.address = f"127.{secrets.randbelow(250) + 2}.{secrets.randbelow(250) + 2}.53"
        self._settings = self._dc / "etc" / "smb.conf"
        self._directory = self._dc / "private" / "sam.ldb"
        self.authority = folder / "authority.pem"
        self.ldaps = f"ldaps://{self.address}"
        self._provision()
        self._write_settings()
        self._make_certificate()
        self.krb5 = self._write_krb5()
        self._start()
        for container in ("People", "Machines"):
            self._tool("ou", "add", f"OU={container},{BASE}")

    def _provision(self) -> None:
        self._dc.mkdir(parents=True)
        subprocess.run(
            ["samba-tool", "domain", "provision", f"--targetdir={self._dc}", f"--realm={REALM}", "--domain=CORP", "--server-role=dc"]
            + ["--dns-backend=NONE", f"--adminpass=A1-{secrets.token_urlsafe(16)}", "--host-name=dc1", f"--host-ip={self.address}"]
            + [f"--option=interfaces={self.address}/8", "--option=bind interfaces only=yes", f"--option=posix:eadb={self._dc}/eadb.tdb"],
            check=True,
            capture_output=True,
            timeout=120,
        )

    def _write_settings(self) -> None:
        """Only what serves LDAP and Kerberos, and no folder of the system."""
        folders = {"private dir": "private", "state directory": "state", "cache directory": "cache", "lock directory": "."}
        folders |= {"pid directory": "run", "ncalrpc dir": "ncalrpc", "winbindd socket directory": "winbindd"}
        folders |= {"ntp signd socket directory": "ntp", "binddns dir": "bind-dns"}
        settings = {name: self._dc / folder for name, folder in folders.items()} | {
            "realm": REALM,
            "workgroup": "CORP",
            "netbios name": "DC1",
            "server role": "active directory domain controller",
            "server services": "ldap, kdc",
            "interfaces": f"{self.address}/8",
            "bind interfaces only": "yes",
            "log file": self.folder / "samba.log",
            "posix:eadb": self._dc / "eadb.tdb",
            "tls certfile": self.folder / "dc.pem",
            "tls keyfile": self.folder / "dc.key",
            "tls cafile": self.authority,
        }
        lines = [f"\t{name} = {value}" for name, value in settings.items()]
        self._settings.write_text("\n".join(["[global]", *lines, ""]))

    def _make_certificate(self) -> None:
        """An authority, and the certificate of the domain controller by it."""
        now = datetime.now(timezone.utc)

        def certificate(common_name, key, signer, issuer):
            name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
            builder = x509.CertificateBuilder().subject_name(name).issuer_name(issuer or name).public_key(key.public_key())
            builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now).not_valid_after(now + timedelta(days=1))
            builder = builder.add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
            if issuer:
                names = [x509.IPAddress(ipaddress.ip_address(self.address))]
                builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
            return builder.sign(signer, hashes.SHA256())

        key, authority_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        authority = certificate("Authority of the domain", authority_key, authority_key, None)
        own = certificate("dc1", key, authority_key, authority.subject)
        self.authority.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
        (self.folder / "dc.pem").write_bytes(own.public_bytes(serialization.Encoding.PEM))
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (self.folder / "dc.key").touch(mode=0o600)
        (self.folder / "dc.key").write_bytes(private)

    def _write_krb5(self) -> Path:
        file = self.folder / "krb5.conf"
        lines = ["[libdefaults]", f"default_realm = {REALM}", "dns_lookup_kdc = false", "dns_canonicalize_hostname = false"]
        lines += ["rdns = false", "udp_preference_limit = 1", "[realms]", f"{REALM} = {{", f"kdc = {self.address}", "}"]
        lines += ["[domain_realm]", f"localhost = {REALM}", f"other.localhost = {REALM}", ""]
        file.write_text("\n".join(lines))
        return file

    def _start(self) -> None:
        self._log = open(self.folder / "samba.out", "wb")
        command = ["samba", "--interactive", "--debug-stdout", "-s", str(self._settings), "--model=single"]
        self._server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=self._log, stderr=subprocess.STDOUT)
        for port in (636, 88):
            self._wait_for(port)

    def _wait_for(self, port: int) -> None:
        for _ in range(200):
            assert self._server.poll() is None, (self.folder / "samba.out").read_text()
            try:
                socket.create_connection((self.address, port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError(f"the domain controller does not answer on {self.address}:{port}")

    def stop(self) -> None:
        self._server.terminate()
        self._server.wait(timeout=30)
        self._log.close()

    def _tool(self, *arguments: str) -> str:
        """`samba-tool` on the domain's own database."""
        command = ["samba-tool", *arguments, "-s", str(self._settings)]
        if arguments[1] != "exportkeytab":
            command += ["-H", str(self._directory)]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout

    def _modify(self, name: str, attribute: str, value: str) -> None:
        change = f"dn: {name}\nchangetype: modify\nreplace: {attribute}\n{attribute}: {value}\n"
        subprocess.run(["ldbmodify", "-H", str(self._directory)], input=change, text=True, check=True, capture_output=True, timeout=60)

    def add_user(self, name: str, container: str = "OU=People") -> str:
        """A new person, who signs in as `name@contoso.example`; the password."""
        password = f"A1-{secrets.token_urlsafe(16)}"
        self._tool("user", "create", name, password, f"--userou={container}")
        self.change(name, "userPrincipalName", f"{name}@{SUFFIX}", container)
        return password

    def change(self, name: str, attribute: str, value: str, container: str = "OU=People") -> None:
        self._modify(f"CN={name},{container},{BASE}", attribute, value)

    def disable(self, name: str) -> None:
        self._tool("user", "disable", name)

    def enable(self, name: str) -> None:
        self._tool("user", "enable", name)

    def expire(self, name: str, days: int) -> None:
        """Lets an account expire so many days from now; in the past where they are negative."""
        self._tool("user", "setexpiry", name, f"--days={days}")

    def delete(self, name: str) -> None:
        self._tool("user", "delete", name)

    def add_computer(self, name: str) -> None:
        """A new computer with its machine account; the key is in `keytab`."""
        self._tool("computer", "create", name, f"--computerou=OU=Machines,{BASE}")
        self._modify(f"CN={name},OU=Machines,{BASE}", "dNSHostName", f"{name.lower()}.corp.contoso.example")
        self._modify(f"CN={name},OU=Machines,{BASE}", "operatingSystem", "Windows 11 Pro")
        self._tool("user", "setpassword", f"{name}$", f"--newpassword=A1-{secrets.token_urlsafe(16)}")

    def delete_computer(self, name: str) -> None:
        self._tool("computer", "delete", name)

    def guid(self, name: str) -> str:
        """`objectGUID` of an account by its short name."""
        command = ["ldbsearch", "-H", str(self._directory), f"(sAMAccountName={name})", "objectGUID"]
        found = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
        return str(uuid.UUID(next(line.split()[1] for line in found.splitlines() if line.startswith("objectGUID"))))

    def add_service(self, name: str, *principals: str) -> Path:
        """An account for services, and the keytab with their keys."""
        self.add_user(name, "CN=Users")
        self._modify(f"CN={name},CN=Users,{BASE}", "msDS-SupportedEncryptionTypes", STRONG)
        # Keys are made of the password when it is set.
        self._tool("user", "setpassword", name, f"--newpassword=A1-{secrets.token_urlsafe(16)}")
        keytab = self.folder / f"{name}.keytab"
        for principal in principals:
            self._tool("spn", "add", principal, name)
            self._tool("domain", "exportkeytab", str(keytab), f"--principal={principal}")
        return keytab

    def ticket(self, principal: str, password: str | None = None) -> dict[str, str]:
        """Signs in at the domain: the environment in which programs find the ticket. A computer (`NAME$`) has its key for a password."""
        cache = self.folder / f"cache-{secrets.token_hex(4)}"
        environment = {**os.environ, "KRB5_CONFIG": str(self.krb5), "KRB5CCNAME": f"FILE:{cache}"}
        if password is None:
            keytab = self.folder / f"{principal.strip('$')}.machine.keytab"
            if not keytab.exists():
                self._tool("domain", "exportkeytab", str(keytab), f"--principal={principal}")
            command = ["kinit", "-k", "-t", str(keytab), principal]
        else:
            command = ["kinit", principal]
        signed_in = subprocess.run(command, input=password, text=True, env=environment, capture_output=True, timeout=60)
        assert signed_in.returncode == 0, signed_in.stderr
        return environment


def authorization(token: bytes) -> dict[str, str]:
    """The header that carries a token."""
    return {"Authorization": f"Negotiate {base64.b64encode(token).decode()}"}


def token(environment: dict[str, str], host: str = "localhost") -> bytes:
    """The first token that a client with this ticket sends to a web server of that name: what a server that listens in would hold."""
    got = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            sent = self.headers["Authorization"]
            if sent:
                got.append(base64.b64decode(sent.split()[1]))
            self.send_response(200 if sent else 401)
            self.send_header("WWW-Authenticate", "Negotiate")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    address = f"{host}:{server.server_port}"
    command = ["curl", "--silent", "--negotiate", "--user", ":", "--resolve", f"{address}:127.0.0.1", f"http://{address}/"]
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=60)
    server.shutdown()
    server.server_close()
    assert got, f"the client has no ticket for {host}"
    return got[-1]
