"""The console in a browser: signing in, every page on a desktop and on a phone, the way from a form to a saved policy."""

import re

import pytest
import requests
from playwright.sync_api import expect

from console import check, open_console
from sign_in import sign_in
from test_pages import accessibility_failures

PAGES = {
    "overview": "/console",
    "sign-ins": "/console/sign-ins",
    "services": "/console/services",
    "service": "/console/services/mail",
    "what-if": "/console/what-if",
    "what-if-nobody": "/console/what-if?person=nobody&ip=x",
    "audit": "/console/audit",
}


@pytest.mark.parametrize("width", [320, 390, 1280, 1920])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_every_screen(world, tab, out, width, scheme):
    tab.set_viewport_size({"width": width, "height": 900})
    tab.emulate_media(color_scheme=scheme)
    for name, path in PAGES.items():
        tab.goto(f"{world.base}{path}")
        check(tab, name)
        tab.screenshot(path=out / f"console-{name}-{width}-{scheme}.png", full_page=True)
    for name, path in (("sign-in", "/console/sign-ins"), ("audit-one", "/console/audit")):
        tab.goto(f"{world.base}{path}")
        tab.locator(".row-link").first.click()
        check(tab, name)
        again = tab.get_by_role("link", name="Decide again now")
        if again.is_visible():
            again.click()
            expect(tab.get_by_text("It would end")).to_be_visible()
            check(tab, "decided again")
        tab.screenshot(path=out / f"console-{name}-{width}-{scheme}.png", full_page=True)
    tab.goto(f"{world.base}/console/services/mail")
    tab.get_by_role("button", name="See what it will do").click()
    expect(tab.get_by_role("heading", name="What it will do")).to_be_visible()
    check(tab, "preview")
    tab.screenshot(path=out / f"console-preview-{width}-{scheme}.png", full_page=True)


def test_the_menu_of_a_phone_opens_and_leads_on(world, tab):
    tab.set_viewport_size({"width": 390, "height": 800})
    tab.goto(f"{world.base}/console")
    link = tab.get_by_label("Console menu").get_by_role("link", name="Audit log")
    expect(link).to_be_hidden()
    tab.get_by_text("Menu", exact=True).click()
    assert not accessibility_failures(tab)
    link.click()
    expect(tab.get_by_role("heading", name="Audit log")).to_be_visible()


def test_times_are_shown_in_the_readers_zone_with_the_exact_time_as_title(world, console):
    page = console.new_page()
    page.goto(f"{world.base}/console/audit")
    time = page.locator("tbody time").first
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", time.get_attribute("title"))
    assert "UTC" not in time.inner_text()
    page.close()


def test_a_policy_is_edited_looked_at_and_saved(world, tab):
    tab.goto(f"{world.base}/console/services")
    tab.get_by_role("link", name="Edit Contoso Mail service").click()
    picker = tab.get_by_role("group", name="Exempted groups").first
    before = picker.get_by_role("listitem").count()
    picker.get_by_role("combobox").select_option(index=1)
    picker.get_by_role("button", name="Add").click()
    expect(tab.get_by_role("group", name="Exempted groups").first.get_by_role("listitem")).to_have_count(before + 1)
    tab.get_by_role("button", name="See what it will do").click()
    expect(tab.get_by_text("recorded sign-ins")).to_be_visible()
    expect(tab.get_by_text("App access › Exempted groups")).to_be_visible()
    tab.get_by_role("button", name="Back to the form").click()
    added = tab.get_by_role("group", name="Exempted groups").first.get_by_role("listitem").last
    added.get_by_role("button").click()
    expect(tab.get_by_role("group", name="Exempted groups").first.get_by_role("listitem")).to_have_count(before)
    tab.get_by_role("button", name="See what it will do").click()
    tab.get_by_role("button", name="Save").click()
    expect(tab.get_by_role("status")).to_contain_text(re.compile("saved", re.IGNORECASE))


def test_a_form_sent_after_the_session_has_ended_is_not_lost(world, chromium):
    context = chromium.new_context(ignore_https_errors=True)
    page = context.new_page()
    open_console(world, page, "/console/services/mail")
    context.clear_cookies()
    page.get_by_label("All apps").check()
    page.get_by_role("button", name="See what it will do").click()
    expect(page.get_by_role("heading", name="Your session has ended")).to_be_visible()
    assert not accessibility_failures(page)
    with context.expect_page() as opened:
        page.get_by_role("link", name="Sign in again").click()
    second = opened.value
    sign_in(second, world.admin["userPrincipalName"], world.admin["password"])
    expect(second.get_by_role("heading", name="You are signed in again")).to_be_visible()
    second.close()
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_role("heading", name="What it will do")).to_be_visible()
    expect(page.get_by_text("App access › Allowed apps")).to_be_visible()
    context.close()


def test_the_console_works_without_script_and_signs_out(world, chromium):
    context = chromium.new_context(ignore_https_errors=True, java_script_enabled=False)
    page = context.new_page()
    open_console(world, page)
    page.get_by_label("Console", exact=True).get_by_role("link", name="Sign-ins").click()
    page.get_by_label("Person").fill("admin")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator("tbody tr").first).to_contain_text("admin@")
    page.get_by_role("button", name="Sign out").first.click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    page.goto(f"{world.base}/console")
    expect(page.get_by_label("Work account")).to_be_visible()
    context.close()


def test_somebody_without_a_role_is_told_so(world, page, person):
    page.goto(f"{world.base}/console")
    sign_in(page, person.name, person.password)
    expect(page.get_by_role("heading", name="Your account may not do this")).to_be_visible()
    expect(page.get_by_text(person.name)).to_be_visible()
    assert not accessibility_failures(page)


def test_a_sign_in_is_supposed_and_its_address_shares_the_answer(world, console, tab, out):
    tab.goto(f"{world.base}/console/what-if")
    tab.get_by_label("Person", exact=True).first.fill(f"anna@{world.tenant_domain}")
    tab.get_by_label("Service", exact=True).first.select_option(label="Contoso Mail service")
    tab.get_by_label("Platform").first.select_option(label="iOS and iPadOS")
    tab.get_by_role("button", name="Decide").click()
    verdict = tab.get_by_role("heading", level=2).first
    expect(verdict).to_contain_text("AADSTS")
    expect(tab.get_by_role("table", name="How each condition")).to_contain_text("app access")
    text = verdict.inner_text()
    for width in (320, 390, 1280, 1920):
        for scheme in ("light", "dark"):
            tab.set_viewport_size({"width": width, "height": 900})
            tab.emulate_media(color_scheme=scheme)
            check(tab, "what if, answered")
            tab.screenshot(path=out / f"console-what-if-answer-{width}-{scheme}.png", full_page=True)
    other = console.new_page()
    other.goto(tab.url)
    assert other.get_by_role("heading", level=2).first.inner_text() == text
    other.close()
    tab.get_by_role("link", name="Compare").first.click()
    expect(tab.get_by_role("heading", name="Otherwise", exact=True)).to_be_visible()
    check(tab, "what if, compared")
    expect(tab.get_by_text("Granted").first).to_be_visible()


def test_the_log_is_followed_while_it_grows(world, console, tab):
    tab.goto(f"{world.base}/console/sign-ins")
    tab.get_by_role("link", name="Follow live").click()
    status = tab.get_by_role("status")
    expect(status).to_contain_text("appear by themselves")
    assert not accessibility_failures(tab)
    first = tab.locator("tbody tr").first
    before = first.get_attribute("data-id")
    stranger = f"nobody-{before[:8]}@{world.tenant_domain}"
    fields = {"grant_type": "password", "client_id": world.native_client.id, "username": stranger, "password": "x", "scope": "openid"}
    assert requests.post(f"{world.authority}/oauth2/v2.0/token", data=fields, timeout=30).status_code == 400
    expect(first).to_contain_text(stranger)
    expect(first).to_have_class("fresh")
    expect(status).to_contain_text("1 new")
    tab.get_by_role("link", name="Stop following").click()
    expect(tab.get_by_role("link", name="Follow live")).to_be_visible()
