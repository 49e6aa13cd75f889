"""A domain of Active Directory and a server that follows it: what the domain says comes to hold, and its tickets open the door."""

import json
import os
import re
import secrets
import socket
import sqlite3
import subprocess
import time

import pytest
import requests
from playwright.sync_api import expect

import domain as active_directory
from computer import Computer
from conftest import FLAGS

ADMIN = "root@contoso.example"
PASSWORD = "correct horse battery staple"
# The broker of Linux computers, a client that every tenant has.
BROKER = "29d9ed98-a469-4536-ade2-f981bc1d605e"
GRAPH = "openid https://graph.microsoft.com/.default"
BROKER_REDIRECT = "msauth://Microsoft.AAD.BrokerPlugin"


class Server:
    """A server of its own that accepts the tickets of a domain, which is followed when a test says so."""

    def __init__(self, folder, domain):
        self._folder, self._config = folder, folder / "doorward.toml"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.base = f"https://localhost:{port}"
        common = [f'data = "{folder}/data"', f'base_url = "{self.base}/"', f'listen = "127.0.0.1:{port}"', "admin_listen = '127.0.0.1:0'"]
        self._config.write_text("\n".join([*common, ""]))
        one_time = re.search(r"\n    (\S+)\n", self.run("init", "--tenant-domain", "contoso.example", "--admin", ADMIN)).group(1)
        with sqlite3.connect(folder / "data" / "doorward.db") as database:
            (self.tenant,) = database.execute("SELECT tenant_id FROM tenants").fetchone()
        self.authority = f"{self.base}/{self.tenant}"
        password = folder / "password"
        password.touch(mode=0o600)
        password.write_text(domain.add_user("reader", "CN=Users"))
        settings = {
            "tenant": self.tenant,
            "servers": [domain.ldaps],
            "authority": str(domain.authority),
            "account": "reader@contoso.example",
            "password_file": str(password),
            "users": [f"OU=People,{active_directory.BASE}"],
            "computers": [f"OU=Machines,{active_directory.BASE}"],
            "interval_minutes": 600,
            "keytab": str(domain.add_service("web", "HTTP/localhost")),
        }
        lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
        self._config.write_text("\n".join([*common, "[domain]", *lines, ""]))
        with open(folder / "server.log", "wb") as log:
            self._server = subprocess.Popen([os.environ["DOORWARD"], "serve", "--config", self._config], stderr=log)
        self.ca = str(folder / "data" / "tls" / "ca.pem")
        self._wait()
        self._choose_password(one_time)

    def _wait(self):
        for _ in range(200):
            assert self._server.poll() is None, (self._folder / "server.log").read_text()
            try:
                requests.get(self.base, verify=self.ca, timeout=5)
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the server does not answer")

    def stop(self):
        self._server.terminate()
        self._server.wait(timeout=30)

    def run(self, *command):
        """A command of the command line on the server."""
        ended = subprocess.run(
            [os.environ["DOORWARD"], *command, "--config", self._config], capture_output=True, text=True, timeout=60
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    def follow(self, *options):
        return self.run("sync", *options)

    def browser(self):
        browser = requests.Session()
        # The environment names the authority of the demo.
        browser.trust_env, browser.verify = False, self.ca
        return browser

    def first_page(self, browser):
        """The sign-in page on the way to My account."""
        page = browser.get(f"{self.base}/account", timeout=30)
        assert page.status_code == 200 and "Work account" in page.text, page.text
        return page.text

    def post(self, browser, page, path, headers=None, **more):
        """Posts the form of a sign-in page."""
        fields = {name: _hidden(page, name) for name in ("ctx", "flowToken", "canary")} | more
        return browser.post(f"{self.authority}/{path}", data=fields, headers=headers, timeout=30)

    def _choose_password(self, one_time):
        browser = self.browser()
        page = self.post(browser, self.first_page(browser), "login", login=ADMIN).text
        page = self.post(browser, page, "login", login=ADMIN, passwd=one_time).text
        self.post(browser, page, "login", passwd=one_time, newpasswd=PASSWORD, confirmnewpasswd=PASSWORD)

    def graph(self, method, path, body=None):
        """A request to the admin API as the administrator."""
        fields = {"client_id": BROKER, "grant_type": "password", "username": ADMIN, "password": PASSWORD}
        fields["scope"] = GRAPH
        token = requests.post(f"{self.authority}/oauth2/v2.0/token", data=fields, verify=self.ca, timeout=30).json()
        headers = {"Authorization": f"Bearer {token['access_token']}"}
        return requests.request(method, f"{self.base}/v1.0/{path}", json=body, headers=headers, verify=self.ca, timeout=30)

    def user(self, name):
        """What the admin API tells of a person; none when there is none."""
        answer = self.graph("GET", f"users/{name}@contoso.example")
        return answer.json() if answer.status_code == 200 else None

    def sign_in(self, token):
        """Chooses the computer's sign-in with that token, on the way to My account: the last answer."""
        browser = self.browser()
        page = self.first_page(browser)
        return self.post(browser, page, "login/kerberos", headers=active_directory.authorization(token))

    def logs_failure(self, reason):
        """Whether the last sign-in failed for a reason. The log is written a moment after the answer, and read by another process here."""
        for _ in range(20):
            if reason in json.loads(self.run("sign-ins", "--json", "--limit", "1"))["failureReason"]:
                return True
            time.sleep(0.1)
        return False

    def register(self, environment, identifier, computer):
        """A computer registers with its ticket: status and answer."""
        command = ["curl", "--silent", "--negotiate", "--user", ":", "--cacert", self.ca, "--request", "PUT", "--data", "@-"]
        command += ["--write-out", "\n%{http_code}", f"{self.authority}/EnrollmentServer/device/{identifier}?api-version=2.0"]
        ended = subprocess.run(
            command, input=computer.join_request(6), env=environment, text=True, capture_output=True, check=True, timeout=60
        )
        body, status = ended.stdout.rsplit("\n", 1)
        return int(status), json.loads(body)

    def use_graph(self, computer, name, password):
        """A person signs in on a computer with name and password, and its broker asks for a token for the admin API: the answer."""
        signed_in = self._post_token(computer.prt_request(self._nonce(), name, password))
        assert signed_in.status_code == 200, signed_in.text
        computer.keep(signed_in.json())
        return self._post_token(computer.redemption(self._nonce(), BROKER, BROKER_REDIRECT, GRAPH))

    def _nonce(self):
        return self._post_token({"grant_type": "srv_challenge"}).json()["Nonce"]

    def _post_token(self, fields):
        return requests.post(f"{self.authority}/oauth2/token", data=fields, verify=self.ca, timeout=30)


def _hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page).group(1).replace("&#43;", "+").replace("&#61;", "=")


def _problem(answer):
    return re.search(r'role="alert">([^<]*)<', answer.text).group(1)


@pytest.fixture(scope="module")
def domain(tmp_path_factory):
    domain = active_directory.Domain(tmp_path_factory.mktemp("domain"))
    yield domain
    domain.stop()


@pytest.fixture(scope="module")
def server(tmp_path_factory, domain):
    server = Server(tmp_path_factory.mktemp("server"), domain)
    yield server
    server.stop()


@pytest.fixture
def name():
    """Somebody of whom no other test knows."""
    return f"p{secrets.token_hex(4)}"


def test_people_come_change_and_go_with_the_domain(server, domain, name):
    other = f"{name}x"
    for person in (name, other):
        domain.add_user(person)
    assert server.user(name) is None
    server.follow("--dry-run")
    assert server.user(name) is None
    server.follow()
    user = server.user(name)
    assert (user["displayName"], user["accountEnabled"], user["onPremisesSamAccountName"]) == (name, True, name)
    domain.change(name, "displayName", "Somebody Else")
    domain.disable(name)
    assert "Changed" in server.follow()
    assert {"displayName": "Somebody Else", "accountEnabled": False}.items() <= server.user(name).items()
    refused = server.graph("PATCH", f"users/{user['id']}", {"accountEnabled": True})
    assert refused.status_code == 400 and "comes from the domain" in refused.text
    domain.delete(name)
    server.follow()
    assert server.user(name) is None and server.user(other)


def test_a_certificate_of_another_authority_is_not_believed(server, domain, tmp_path):
    stranger = tmp_path / "doorward.toml"
    text = server._config.read_text().replace(str(domain.authority), server.ca)
    stranger.write_text(text)
    ended = subprocess.run([os.environ["DOORWARD"], "sync", "--config", stranger], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1 and "certificate" in ended.stderr, ended.stderr


def test_a_person_signs_in_with_the_ticket_of_their_computer_in_a_browser(server, domain, playwright, name, tmp_path):
    password = domain.add_user(name)
    server.follow()
    environment = domain.ticket(name, password)
    # A profile of its own: a private window gives no ticket away.
    browser = playwright.chromium.launch_persistent_context(
        tmp_path,
        executable_path="/usr/bin/chromium",
        args=[*FLAGS, "--auth-server-allowlist=localhost"],
        env=environment,
        ignore_https_errors=True,
    )
    page = browser.new_page()
    page.goto(f"{server.base}/account")
    choice = page.get_by_role("button", name="Sign in with this computer")
    choice.click()
    # A new profile of Chromium on Linux loads the library of Kerberos only when a server has asked for the first time.
    expect(page.get_by_role("alert")).to_contain_text("Sign in with your name instead")
    choice.click()
    expect(page.get_by_text(f"{name}@contoso.example").first).to_be_visible()
    browser.close()


def test_a_browser_without_a_ticket_goes_on_with_the_name(server, page):
    page.goto(f"{server.base}/account")
    page.get_by_role("button", name="Sign in with this computer").click()
    expect(page.get_by_role("alert")).to_contain_text("Sign in with your name instead")
    page.get_by_label("Work account").fill("anna@contoso.example")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_label("Password", exact=True)).to_be_visible()


def test_a_ticket_opens_once_and_only_what_it_was_made_for(server, domain, name):
    password = domain.add_user(name)
    server.follow()
    domain.add_service(f"other{name}", "HTTP/other.localhost")
    environment = domain.ticket(name, password)
    good = active_directory.token(environment)
    assert f"{name}@contoso.example" in server.sign_in(good).text
    assert "not accepted" in _problem(server.sign_in(good)), "whoever listened in"
    assert server.logs_failure("came before")
    for token, reason in [
        (active_directory.token(environment, "other.localhost"), "the keytab has no key for HTTP/other.localhost"),
        (b"NTLMSSP\0\1\0\0\0\7\2\0\0", "offers no Kerberos"),
        (good[:-30] + bytes(30), "does not belong to the ticket"),
    ]:
        assert "not accepted" in _problem(server.sign_in(token))
        assert server.logs_failure(reason)


def test_who_was_disabled_in_the_domain_is_shut_out_although_the_ticket_lives_on(server, domain, name):
    password = domain.add_user(name)
    server.follow()
    environment = domain.ticket(name, password)
    # The ticket for the service is there already.
    active_directory.token(environment)
    domain.disable(name)
    server.follow()
    assert "disabled" in _problem(server.sign_in(active_directory.token(environment)))


def test_whose_account_has_expired_in_the_domain_is_shut_out_although_the_ticket_lives_on(server, domain, name):
    password = domain.add_user(name)
    environment = domain.ticket(name, password)
    active_directory.token(environment)
    domain.expire(name, 1)
    server.follow()
    assert f"{name}@contoso.example" in server.sign_in(active_directory.token(environment)).text
    domain.expire(name, -1)
    server.follow()
    assert "has expired" in _problem(server.sign_in(active_directory.token(environment)))
    assert server.user(name)["accountEnabled"], "which is another matter"


def test_somebody_in_the_domain_who_is_not_followed_is_nobody_here(server, domain, name):
    password = domain.add_user(name, "CN=Users")
    server.follow()
    assert server.user(name) is None
    assert "not accepted" in _problem(server.sign_in(active_directory.token(domain.ticket(name, password))))
    assert server.logs_failure("no user comes from the account")


def test_a_computer_registers_itself_and_satisfies_a_policy_that_wants_one_of_the_domain(server, domain, name):
    pc = f"PC{name[1:]}".upper()
    domain.add_computer(pc)
    domain.add_user(name)
    server.follow()
    person = server.user(name)
    profile = {"passwordProfile": {"password": PASSWORD, "forceChangePasswordNextSignIn": False}}
    assert server.graph("PATCH", f"users/{person['id']}", profile).status_code == 204
    identifier, computer, phone = domain.guid(f"{pc}$"), Computer(), Computer()
    status, answer = server.register(domain.ticket(f"{pc}$"), identifier, computer)
    assert status == 200, answer
    assert computer.take(answer) == identifier
    device = server.graph("GET", f"devices/{identifier}").json()
    assert (device["trustType"], device["displayName"]) == ("ServerAD", f"{pc.lower()}.corp.contoso.example")

    # As it is without a domain: registered by its owner.
    fields = {"client_id": BROKER, "grant_type": "password", "username": f"{name}@contoso.example", "password": PASSWORD}
    fields["scope"] = "01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9/.default"
    token = requests.post(f"{server.authority}/oauth2/v2.0/token", data=fields, verify=server.ca, timeout=30).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    address = f"{server.authority}/EnrollmentServer/device/"
    phone.take(requests.post(address, data=phone.join_request(4), headers=headers, verify=server.ca, timeout=30).json())

    policy = {
        "displayName": f"Domain only {name}",
        "state": "enabled",
        "conditions": {
            "users": {"includeUsers": [person["id"]]},
            "applications": {"includeApplications": ["All"]},
            "clientAppTypes": ["all"],
        },
        "grantControls": {"operator": "OR", "builtInControls": ["domainJoinedDevice"]},
    }
    made = server.graph("POST", "identity/conditionalAccess/policies", policy)
    assert made.status_code == 201, made.text
    elsewhere = server.use_graph(phone, f"{name}@contoso.example", PASSWORD)
    assert elsewhere.json()["error_codes"] == [53001], elsewhere.text
    assert server.use_graph(computer, f"{name}@contoso.example", PASSWORD).status_code == 200

    domain.delete_computer(pc)
    server.follow()
    assert server.graph("GET", f"devices/{identifier}").status_code == 404


def test_a_computer_registers_as_no_other_and_a_person_as_none(server, domain, name):
    pc, other = f"A{name[1:]}".upper(), f"B{name[1:]}".upper()
    for computer in (pc, other):
        domain.add_computer(computer)
    password = domain.add_user(name)
    server.follow()
    identifier = domain.guid(f"{pc}$")
    for environment in (domain.ticket(f"{other}$"), domain.ticket(name, password)):
        status, answer = server.register(environment, identifier, Computer())
        assert (status, answer["code"]) == (403, "AuthorizationFailed"), answer
    assert server.graph("GET", f"devices/{identifier}").status_code == 404
