"""The demo's company, as the server describes it in demo.json."""

import json
import os
from dataclasses import dataclass

import requests


@dataclass(frozen=True)
class User:
    id: str
    name: str
    password: str
    groups: tuple[str, ...]


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
    """Users, applications and resources by name, and the administrator's hand."""

    def __init__(self, path: str) -> None:
        with open(path, encoding="utf-8") as file:
            demo = json.load(file)
        self.base = demo["baseUrl"].rstrip("/")
        self.tenant_id = demo["tenantId"]
        self.tenant_domain = demo["tenantDomain"]
        self.authority = f"{self.base}/{self.tenant_id}"
        self.admin = demo["admin"]
        self.users = [
            User(user["id"], user["userPrincipalName"], user["password"], tuple(user["groups"])) for user in demo["users"]
        ]
        self.applications = [
            Application(app["appId"], app["displayName"], tuple(app["redirectUris"]), app["approved"], app["secret"])
            for app in demo["applications"]
        ]
        self.resources = {resource["displayName"]: resource for resource in demo["resources"]}

    @property
    def person(self) -> User:
        """Somebody whom no policy of the demo targets."""
        return _first(self.users, lambda user: not user.groups, "a user in no group")

    @property
    def native_client(self) -> Application:
        """A public application that answers on the loopback address."""
        return _first(self.applications, lambda app: not app.secret and app.redirect("http://localhost"), "a native client")

    def token(self, **fields: str) -> requests.Response:
        """A bare request to the token endpoint, for what no library offers."""
        return requests.post(f"{self.authority}/oauth2/v2.0/token", data=fields, timeout=30)

    def graph(self, method: str, path: str, body: dict | None = None) -> requests.Response:
        """A request to the admin API as the administrator."""
        answer = self.token(
            client_id=self.native_client.id,
            grant_type="password",
            scope="https://graph.microsoft.com/.default",
            username=self.admin["userPrincipalName"],
            password=self.admin["password"],
        ).json()
        assert "access_token" in answer, answer
        headers = {"Authorization": f"Bearer {answer['access_token']}"}
        return requests.request(method, f"{self.base}/v1.0/{path}", json=body, headers=headers, timeout=30)


def load() -> World:
    return World(os.environ["DOORWARD_DEMO"])


def _first(items, wanted, what):
    found = next((item for item in items if wanted(item)), None)
    assert found, f"the demo has no {what}: {items}"
    return found
