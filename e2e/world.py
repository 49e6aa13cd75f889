"""The demo's company, as the server describes it in demo.json."""

import json
import os
import secrets
from dataclasses import dataclass
from functools import cached_property

import requests

GRAPH = "00000003-0000-0000-c000-000000000000"


@dataclass(frozen=True)
class User:
    id: str
    name: str
    password: str


@dataclass(frozen=True)
class Application:
    id: str
    name: str
    redirect_uris: tuple[str, ...]
    approved: bool
    secret: str | None

    def redirect(self, scheme: str) -> str | None:
        """The first redirect URI that begins so."""
        return next((uri for uri in self.redirect_uris if uri.startswith(scheme)), None)


class World:
    """What demo.json says, and the administrator's hand."""

    def __init__(self, path: str) -> None:
        with open(path, encoding="utf-8") as file:
            demo = json.load(file)
        self.base = demo["baseUrl"].rstrip("/")
        self.ca_file = demo["caFile"]
        self.tenant_id = demo["tenantId"]
        self.tenant_domain = demo["tenantDomain"]
        self.authority = f"{self.base}/{self.tenant_id}"
        # As docs/clients.md calls them.
        self.names = {"BASE": self.base, "TENANT": self.tenant_id}
        self.admin = demo["admin"]
        self._users = demo["users"]
        self.applications = [
            Application(app["appId"], app["displayName"], tuple(app["redirectUris"]), app["approved"], app["secret"])
            for app in demo["applications"]
        ]

    def new_person(self, change_password: bool = False) -> User:
        """Somebody whom no policy of the demo targets, and whose attempts to sign in nobody has used up yet."""
        name, password = f"tester-{secrets.token_hex(4)}@{self.tenant_domain}", secrets.token_urlsafe(16)
        profile = {"password": password, "forceChangePasswordNextSignIn": change_password}
        body = {"accountEnabled": True, "displayName": "Tess Ter", "userPrincipalName": name, "passwordProfile": profile}
        answer = self.graph("POST", "users", body)
        assert answer.status_code == 201, answer.text
        return User(answer.json()["id"], name, password)

    def member_of(self, group: str) -> User:
        """A person of the demo who is in this group only."""
        user = _first(self._users, lambda user: user["groups"] == [group], f"member of {group}")
        return User(user["id"], user["userPrincipalName"], user["password"])

    def application(self, name: str) -> Application:
        return _first(self.applications, lambda app: app.name == name, name)

    @property
    def native_client(self) -> Application:
        """A public application that answers on the loopback address."""
        return _first(self.applications, lambda app: not app.secret and app.redirect("http://localhost"), "a native client")

    def new_application(self, **members) -> str:
        """Client id of a new application."""
        answer = self.graph("POST", "applications", {"displayName": "End-to-end test"} | members)
        assert answer.status_code == 201, answer.text
        return answer.json()["appId"]

    def new_secret(self, application: str) -> str:
        answer = self.graph("POST", f"applications/{application}/addPassword")
        assert answer.status_code == 200, answer.text
        return answer.json()["secretText"]

    def new_service(self) -> tuple[str, str]:
        """Client id and secret of a service that may act for the people who call it; its scope is the id with `/.default`."""
        application = self.new_application(doorward={"consent": "preauthorized"})
        return application, self.new_secret(application)

    def give(self, application: str, permissions: list[str]) -> None:
        """Lets an application do this for itself."""
        api = self.graph("GET", f"servicePrincipals(appId='{GRAPH}')").json()
        roles = {role["value"]: role["id"] for role in api["appRoles"]}
        for permission in permissions:
            body = {"principalId": application, "resourceId": api["id"], "appRoleId": roles[permission]}
            answer = self.graph("POST", f"servicePrincipals/{application}/appRoleAssignments", body)
            assert answer.status_code == 201, answer.text

    def graph(self, method: str, path: str, body: dict | None = None) -> requests.Response:
        """A request to the admin API as the administrator."""
        headers = {"Authorization": f"Bearer {self._admin_token}"}
        return requests.request(method, f"{self.base}/v1.0/{path}", json=body, headers=headers, timeout=30)

    @cached_property
    def _admin_token(self) -> str:
        fields = {
            "client_id": self.native_client.id,
            "grant_type": "password",
            "scope": "https://graph.microsoft.com/.default",
            "username": self.admin["userPrincipalName"],
            "password": self.admin["password"],
        }
        answer = requests.post(f"{self.authority}/oauth2/v2.0/token", data=fields, timeout=30).json()
        assert "access_token" in answer, answer
        return answer["access_token"]


def load() -> World:
    return World(os.environ["DOORWARD_DEMO"])


def _first(items, wanted, what):
    found = next((item for item in items if wanted(item)), None)
    assert found, f"the demo has no {what}"
    return found
