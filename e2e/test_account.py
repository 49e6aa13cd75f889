"""My account in a browser: every page on a desktop and a phone, an authenticator app and a passkey, the proof, signing out."""

import re

import pytest
from playwright.sync_api import expect

from console import check
from sign_in import sign_in
from test_pages import accessibility_failures
from test_second_factor import authenticator, one_time_code  # noqa: F401 (a fixture)

PAGES = {
    "methods": "/account",
    "app": "/account/app",
    "passkey": "/account/passkey",
    "devices": "/account/devices",
    "sessions": "/account/sessions",
    "end-all": "/account/sign-out-everywhere",
    "password": "/account/password",
}


def open_account(world, page, person, path="/account"):
    page.goto(f"{world.base}{path}")
    sign_in(page, person.name, person.password)
    page.wait_for_url(re.compile(re.escape(f"{world.base}{path}") + "$"))


def add_app(page):
    """Sets an authenticator app up; its secret and the recovery codes."""
    page.get_by_role("link", name="Add app").click()
    secret = page.locator(".key").inner_text()
    page.get_by_label("Code", exact=True).fill(one_time_code(secret))
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_role("heading", name="Save your recovery codes")).to_be_visible()
    codes = page.locator(".codes li").all_inner_texts()
    assert len(codes) == 10
    return secret, codes


def forget_the_proof(page):
    """A second browser session of the same person has given no proof; signing in with the password gives it one of those."""
    page.context.clear_cookies()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_every_screen(world, page, person, out, width, scheme):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    open_account(world, page, person)
    for name, path in PAGES.items():
        page.goto(f"{world.base}{path}")
        check(page, name)
        page.screenshot(path=out / f"account-{name}-{width}-{scheme}.png", full_page=True)
    page.goto(f"{world.base}/account")
    add_app(page)
    check(page, "recovery codes")
    page.screenshot(path=out / f"account-codes-{width}-{scheme}.png", full_page=True)
    page.get_by_role("link", name="I have saved them").click()
    check(page, "methods, filled")
    page.screenshot(path=out / f"account-methods-filled-{width}-{scheme}.png", full_page=True)
    page.get_by_role("link", name="Remove Authenticator app").click()
    expect(page.get_by_role("heading", name="Remove this way to sign in?")).to_be_visible()
    check(page, "question")
    page.screenshot(path=out / f"account-question-{width}-{scheme}.png", full_page=True)
    forget_the_proof(page)
    open_account(world, page, person)
    page.get_by_role("link", name="Make new codes").click()
    expect(page.get_by_role("heading", name="Is it still you?")).to_be_visible()
    check(page, "confirm")
    page.screenshot(path=out / f"account-confirm-{width}-{scheme}.png", full_page=True)


def test_a_second_factor_is_asked_for_before_it_is_taken_away(world, page, person):
    open_account(world, page, person)
    _, codes = add_app(page)
    forget_the_proof(page)
    open_account(world, page, person)
    page.get_by_role("link", name="Remove Authenticator app").click()
    page.get_by_role("link", name="Use a recovery code instead").click()
    page.get_by_label("Recovery code").fill("aaaa-bbbb-cccc-dddd")
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert not accessibility_failures(page)
    page.get_by_label("Recovery code").fill(codes[0])
    page.get_by_role("button", name="Verify").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("status")).to_contain_text("Removed")
    expect(page.get_by_text("Nothing set up yet")).to_be_visible()


def test_a_passkey_is_made_and_is_the_proof_next_time(world, page, person, authenticator):  # noqa: F811
    open_account(world, page, person)
    page.get_by_role("link", name="Add passkey").click()
    page.get_by_role("button", name="Create passkey").click()
    expect(page.get_by_role("heading", name="Save your recovery codes")).to_be_visible()
    assert len(authenticator.credentials()) == 1
    forget_the_proof(page)
    open_account(world, page, person)
    page.get_by_role("link", name="Make new codes").click()
    page.get_by_role("button", name="Use passkey").click()
    page.get_by_role("button", name="Make new codes").click()
    expect(page.locator(".codes li")).to_have_count(10)


def test_without_script_an_app_is_set_up_and_a_session_ended(world, chromium, person):
    context = chromium.new_context(ignore_https_errors=True, java_script_enabled=False)
    page = context.new_page()
    open_account(world, page, person)
    add_app(page)
    other = chromium.new_context(ignore_https_errors=True)
    second = other.new_page()
    open_account(world, second, person)
    page.goto(f"{world.base}/account/sessions")
    expect(page.get_by_text("This one")).to_have_count(1)
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("status")).to_contain_text("Signed out there")
    second.goto(f"{world.base}/account")
    expect(second.get_by_label("Work account")).to_be_visible()
    other.close()
    context.close()


def test_a_new_password_signs_out_and_works(world, page, person):
    open_account(world, page, person, "/account/password")
    new = "three unrelated words 7"
    page.get_by_label("Present password").fill(person.password)
    page.get_by_label("New password", exact=True).fill(new)
    page.get_by_label("New password, once more").fill("something else entirely")
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("The two new passwords differ.")).to_be_visible()
    assert not accessibility_failures(page)
    page.get_by_label("Present password").fill(person.password)
    page.get_by_label("New password", exact=True).fill(new)
    page.get_by_label("New password, once more").fill(new)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_role("heading", name="Your password is changed")).to_be_visible()
    page.get_by_role("link", name="Sign in again").click()
    sign_in(page, person.name, new)
    expect(page.get_by_role("heading", name="Ways to sign in")).to_be_visible()


def test_signing_out_everywhere_ends_here_too(world, page, person):
    open_account(world, page, person, "/account/sessions")
    page.get_by_role("link", name="Sign out everywhere").click()
    page.get_by_role("button", name="Sign out everywhere").click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    page.get_by_role("link", name="My account").click()
    expect(page.get_by_label("Work account")).to_be_visible()
