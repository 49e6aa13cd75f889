"""The steps of an administrator who restricts a service to protected apps, and what a phone makes of each."""

import secrets

import pytest
from playwright.sync_api import expect

from console import open_console
from phone import APPROVED, OTHER, Phone
from watched_page import watched_page


@pytest.fixture
def group(world, person):
    """A new group with a new person in it; the service's policy is as it was afterwards."""
    name = f"Field staff {secrets.token_hex(3)}"
    body = {"displayName": name, "mailEnabled": False, "mailNickname": "field", "securityEnabled": True}
    made = world.graph("POST", "groups", body)
    assert made.status_code == 201, made.text
    member = {"@odata.id": f"{world.base}/v1.0/directoryObjects/{person.id}"}
    assert world.graph("POST", f"groups/{made.json()['id']}/members/$ref", member).status_code == 204
    before = world.graph("GET", "doorward/servicePolicies/mail").json()
    yield name
    halves = {half: before[half] for half in ("appAccess", "deviceAccess") if half in before}
    restored = world.graph("PATCH", "doorward/servicePolicies/mail", halves)
    assert restored.status_code in (200, 204), restored.text


def add(page, group, picker):
    """Opens the mail service, adds the group to one of its lists, looks at what that will do, and saves."""
    page.get_by_role("link", name="Edit Contoso Mail service").click()
    lists = page.get_by_role("group", name=picker).first
    lists.get_by_role("combobox").select_option(label=group)
    lists.get_by_role("button", name="Add").click()
    expect(page.get_by_role("group", name=picker).first).to_contain_text(group)
    page.get_by_role("button", name="See what it will do").click()
    expect(page.get_by_role("heading", name="What it will do")).to_be_visible()
    expect(page.get_by_text(f"App access › {picker}")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved")


def test_what_the_administrator_saves_is_what_the_phone_sees(world, chromium, person, group):
    phone = Phone(world, person)
    assert phone.built_in_mail(), "nobody has restricted this person yet"
    context = chromium.new_context(ignore_https_errors=True)
    with watched_page(context) as page:
        open_console(world, page, "/console/services")

        add(page, group, "Restricted groups")
        assert not phone.built_in_mail(), "built-in mail is shut out"
        allowed, screen = phone.app(APPROVED)
        assert allowed, screen
        allowed, screen = phone.app(OTHER)
        assert not allowed, screen

        add(page, group, "Exempted groups")
        assert phone.built_in_mail(), "exempt beats restricted"
    context.close()
