"""The directory pages of the console in a browser: on a desktop and a phone, and the way from a new user to their first sign-in."""

import re
import secrets

import pytest
from playwright.sync_api import expect

from console import check, open_console
from sign_in import sign_in
from test_pages import accessibility_failures

PAGES = {
    "users": "/console/users",
    "users-none": "/console/users?search=nobody-at-all",
    "user-new": "/console/users/new",
    "groups": "/console/groups",
    "group-new": "/console/groups/new",
    "devices": "/console/devices",
    "apps": "/console/apps",
    "app-new": "/console/apps/new",
    "settings": "/console/settings",
    "roles": "/console/settings/roles",
    "rotate": "/console/settings/keys/rotate",
    "certificates": "/console/settings/certificates",
}
LISTS = ["users", "groups", "devices", "apps"]


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_every_screen(world, tab, out, width, scheme):
    tab.set_viewport_size({"width": width, "height": 900})
    tab.emulate_media(color_scheme=scheme)
    for name, path in PAGES.items():
        tab.goto(f"{world.base}{path}")
        check(tab, name)
        tab.screenshot(path=out / f"directory-{name}-{width}-{scheme}.png", full_page=True)
    for noun in LISTS:
        tab.goto(f"{world.base}/console/{noun}")
        tab.locator(".row-link").first.click()
        check(tab, f"one of the {noun}")
        tab.screenshot(path=out / f"directory-{noun}-one-{width}-{scheme}.png", full_page=True)
        tab.get_by_role("link", name="Edit", exact=True).click()
        check(tab, f"editing one of the {noun}")
        tab.screenshot(path=out / f"directory-{noun}-edit-{width}-{scheme}.png", full_page=True)


def test_a_new_user_signs_in_with_the_one_time_password_and_is_switched_off(world, tab, chromium):
    name = f"new-{secrets.token_hex(4)}@{world.tenant_domain}"
    tab.goto(f"{world.base}/console/users")
    tab.get_by_role("link", name="New user").click()
    tab.get_by_label("Name", exact=True).fill("Nora New")
    tab.get_by_label("Sign-in name").fill("nora@elsewhere.example")
    tab.get_by_role("button", name="Make user").click()
    expect(tab.get_by_role("alert")).to_contain_text("domain")
    assert not accessibility_failures(tab)
    tab.get_by_label("Sign-in name").fill(name)
    tab.get_by_role("button", name="Make user").click()
    expect(tab.get_by_role("heading", name="One-time password")).to_be_visible()
    assert not accessibility_failures(tab)
    password = tab.locator(".secret").evaluate("element => element.firstChild.textContent").strip()
    other = chromium.new_context(ignore_https_errors=True)
    page = other.new_page()
    page.goto(f"{world.base}/account")
    sign_in(page, name, password)
    expect(page.get_by_role("heading", name="Choose a new password")).to_be_visible()
    new = "three unrelated words 7"
    page.get_by_label("Current password").fill(password)
    page.get_by_label("New password", exact=True).fill(new)
    page.get_by_label("New password, once more").fill(new)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_role("heading", name="Ways to sign in")).to_be_visible()
    tab.get_by_role("link", name="I have passed it on").click()
    tab.get_by_role("link", name="Disable").click()
    check(tab, "question")
    tab.get_by_role("button", name="Disable").click()
    expect(tab.get_by_role("status")).to_contain_text("Disabled")
    page.goto(f"{world.base}/account")
    expect(page.get_by_label("Work account")).to_be_visible()
    other.close()
    tab.get_by_role("link", name="Delete").click()
    tab.get_by_role("button", name="Delete").click()
    expect(tab.get_by_role("heading", name="Users")).to_be_visible()


def test_a_group_is_made_filled_by_search_and_emptied(world, tab, person):
    name = f"Group {secrets.token_hex(4)}"
    tab.goto(f"{world.base}/console/groups/new")
    tab.get_by_label("Name", exact=True).fill(name)
    tab.get_by_role("button", name="Make group").click()
    tab.get_by_role("link", name="Add members").click()
    tab.get_by_label("Name", exact=True).fill(person.name)
    tab.get_by_role("button", name="Search").click()
    check(tab, "members found")
    tab.get_by_role("button", name="Add Tess Ter").click()
    expect(tab.get_by_role("status")).to_contain_text("Added")
    check(tab, "group with a member")
    tab.get_by_role("button", name="Remove Tess Ter").click()
    expect(tab.get_by_text("Nobody is in it")).to_be_visible()
    tab.get_by_role("link", name="Delete").click()
    tab.get_by_role("button", name="Delete").click()
    expect(tab.get_by_role("heading", name="Groups", exact=True)).to_be_visible()


def test_an_app_is_registered_and_gets_a_secret(world, tab):
    tab.goto(f"{world.base}/console/apps/new")
    tab.get_by_label("Name", exact=True).fill("End-to-end app")
    tab.get_by_label("iOS bundle ids").fill("nonsense")
    tab.get_by_role("button", name="Make app").click()
    expect(tab.get_by_role("alert")).to_contain_text("bundle id")
    assert not accessibility_failures(tab)
    tab.get_by_label("iOS bundle ids").fill("com.contoso.endtoend")
    tab.get_by_role("button", name="Make app").click()
    expect(tab.get_by_text("msauth.com.contoso.endtoend://auth")).to_be_visible()
    tab.get_by_role("button", name="Add secret").click()
    expect(tab.get_by_role("heading", name="New client secret")).to_be_visible()
    check(tab, "secret")
    tab.get_by_role("link", name="I have passed it on").click()
    tab.get_by_role("link", name=re.compile("Remove the secret")).click()
    tab.get_by_role("button", name="Remove").click()
    expect(tab.get_by_role("status")).to_contain_text("gone")
    tab.get_by_role("link", name="Delete").click()
    tab.get_by_role("button", name="Delete").click()
    expect(tab.get_by_role("status")).to_contain_text("Deleted")


def test_the_pages_work_without_script(world, chromium):
    context = chromium.new_context(ignore_https_errors=True, java_script_enabled=False)
    page = context.new_page()
    open_console(world, page, "/console/users")
    page.get_by_label("Name", exact=True).fill("anna")
    page.get_by_role("button", name="Filter").click()
    page.locator(".row-link").first.click()
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Nothing was different")
    context.close()
