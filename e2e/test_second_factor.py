"""Second factors in a real browser: an authenticator app, passkeys of Chromium's virtual authenticator, recovery codes."""

import base64
import hashlib
import hmac
import re
import time
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from sign_in import sign_in
from test_conditional_access import policy
from test_pages import accessibility_failures

PHISHING_RESISTANT = "00000000-0000-0000-0000-000000000004"
SCOPES = ["User.Read"]


def one_time_code(secret: str, steps_ahead: int = 0) -> str:
    """RFC 6238, as an authenticator app does it."""
    key = base64.b32decode(secret.replace(" ", "") + "=" * (-len(secret.replace(" ", "")) % 8))
    counter = int(time.time()) // 30 + steps_ahead
    tag = hmac.new(key, counter.to_bytes(8, "big"), hashlib.sha1).digest()
    start = tag[-1] & 15
    return f"{(int.from_bytes(tag[start:start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


@contextmanager
def strength(world, person, identifier):
    """A policy that asks one person for an authentication strength."""
    body = {
        "displayName": "End-to-end test of a strength",
        "state": "enabled",
        "conditions": {
            "users": {"includeUsers": [person.id]},
            "applications": {"includeApplications": ["All"]},
            "clientAppTypes": ["all"],
        },
        "grantControls": {"operator": "OR", "builtInControls": [], "authenticationStrength": {"id": identifier}},
    }
    answer = world.graph("POST", "identity/conditionalAccess/policies", body)
    assert answer.status_code == 201, answer.text
    try:
        yield
    finally:
        world.graph("DELETE", f"identity/conditionalAccess/policies/{answer.json()['id']}")


@pytest.fixture
def authenticator(context, page):
    """A platform authenticator that knows its owner, as a phone or laptop has one."""
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    identifier = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    class Authenticator:
        def credentials(self):
            return session.send("WebAuthn.getCredentials", {"authenticatorId": identifier})["credentials"]

        def verifies(self, verified: bool):
            session.send("WebAuthn.setUserVerified", {"authenticatorId": identifier, "isUserVerified": verified})

    return Authenticator()


def begin(client, callback, page: Page, **more):
    flow = client.initiate_auth_code_flow(SCOPES, redirect_uri=callback.uri, **more)
    page.goto(flow["auth_uri"])
    return flow


def claims(client, flow, callback, page: Page):
    result = client.acquire_token_by_auth_code_flow(flow, callback.wait(page))
    assert "access_token" in result, result
    return result["id_token_claims"]


def look(page: Page, out, name: str) -> None:
    """Every page fits small and large screens in both schemes, and axe-core finds nothing."""
    for width in (1280, 390):
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 800})
            # Colours must not be looked at half way from one scheme to the other.
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} scrolls sideways"
            small = page.evaluate(
                """[...document.querySelectorAll('a, button, input:not([type=hidden])')]
                    .filter(element => element.offsetParent && !element.closest('p'))
                    .filter(element => element.getBoundingClientRect().height < 44).map(element => element.outerHTML)"""
            )
            assert not small, f"{name}: touch targets {small}"
            assert not accessibility_failures(page), name
            page.screenshot(path=out / f"{name}-{width}-{scheme}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 800})


def register_app(page: Page) -> str:
    page.get_by_role("button", name="Authenticator app").click()
    secret = page.locator(".key").inner_text()
    page.get_by_role("textbox", name="Code").fill(one_time_code(secret))
    page.get_by_role("button", name="Set up").click()
    return secret


def test_an_app_is_registered_with_msal_waiting_and_asked_for_the_next_time(world, client, callback, context, page, out, person):
    with policy(world, person, "mfa"):
        flow = begin(client, callback, page)
        sign_in(page, person.name, person.password)
        look(page, out, "choose-second-factor")
        page.get_by_role("button", name="Authenticator app").click()
        look(page, out, "register-app")
        secret = page.locator(".key").inner_text()
        page.get_by_role("textbox", name="Code").fill("000000")
        page.get_by_role("button", name="Set up").click()
        expect(page.get_by_role("alert")).to_contain_text("The code is not right.")
        look(page, out, "register-app-problem")
        assert page.locator(".key").inner_text() == secret
        page.get_by_role("textbox", name="Code").fill(one_time_code(secret))
        page.get_by_role("button", name="Set up").click()
        codes = page.locator(".codes li").all_inner_texts()
        assert len(codes) == 10 and all(re.fullmatch(r"([a-z2-9]{4}-){3}[a-z2-9]{4}", code) for code in codes), codes
        look(page, out, "recovery-codes")
        page.get_by_role("button", name="I have saved them").click()
        assert claims(client, flow, callback, page)["amr"] == ["pwd", "otp", "mfa"]

        context.clear_cookies()
        flow = begin(client, callback, page)
        sign_in(page, person.name, person.password)
        look(page, out, "second-factor-app")
        # The next step's code is accepted already, and the one that registered the app never again.
        used = one_time_code(secret, 1)
        page.get_by_role("textbox", name="Code").fill(used)
        page.get_by_role("button", name="Verify").click()
        assert claims(client, flow, callback, page)["amr"] == ["pwd", "otp", "mfa"]

        context.clear_cookies()
        flow = begin(client, callback, page)
        sign_in(page, person.name, person.password)
        page.get_by_role("textbox", name="Code").fill(used)
        page.get_by_role("button", name="Verify").click()
        expect(page.get_by_role("alert")).to_contain_text("used before")
        page.get_by_role("button", name="Use a recovery code").click()
        look(page, out, "second-factor-recovery")
        page.get_by_label("Recovery code").fill(codes[0].replace("-", "").upper())
        page.get_by_role("button", name="Verify").click()
        assert claims(client, flow, callback, page)["amr"] == ["pwd", "recovery", "mfa"]


def test_a_passkey_is_registered_and_then_signs_in_alone(world, client, callback, context, page, out, person, authenticator):
    with strength(world, person, PHISHING_RESISTANT):
        flow = begin(client, callback, page)
        sign_in(page, person.name, person.password)
        expect(page.get_by_role("heading", name="Create a passkey")).to_be_visible()
        expect(page.get_by_text("authenticator app")).to_have_count(0)
        look(page, out, "register-passkey")
        authenticator.verifies(False)
        page.get_by_role("button", name="Create passkey").click()
        expect(page.get_by_role("alert")).to_be_visible()
        look(page, out, "register-passkey-problem")
        authenticator.verifies(True)
        page.get_by_role("button", name="Create passkey").click()
        page.get_by_role("button", name="I have saved them").click()
        assert claims(client, flow, callback, page)["amr"] == ["pwd", "fido", "mfa"]
        assert [credential["isResidentCredential"] for credential in authenticator.credentials()] == [True]

        # As a second factor.
        context.clear_cookies()
        flow = begin(client, callback, page)
        sign_in(page, person.name, person.password)
        look(page, out, "second-factor-passkey")
        page.get_by_role("button", name="Use passkey").click()
        assert claims(client, flow, callback, page)["amr"] == ["pwd", "fido", "mfa"]

        # And alone.
        context.clear_cookies()
        flow = begin(client, callback, page)
        look(page, out, "identifier-with-passkey")
        page.get_by_role("button", name="Sign in with a passkey").click()
        assert claims(client, flow, callback, page)["amr"] == ["fido", "mfa"]


def test_an_app_does_not_meet_a_strength_that_resists_phishing(world, client, callback, context, page, person, authenticator):
    with policy(world, person, "mfa"):
        flow = begin(client, callback, page)
        sign_in(page, person.name, person.password)
        secret = register_app(page)
        page.get_by_role("button", name="I have saved them").click()
        claims(client, flow, callback, page)
    context.clear_cookies()
    with strength(world, person, PHISHING_RESISTANT):
        flow = begin(client, callback, page)
        sign_in(page, person.name, person.password)
        page.get_by_role("textbox", name="Code").fill(one_time_code(secret, 1))
        page.get_by_role("button", name="Verify").click()
        page.get_by_role("button", name="Create passkey").click()
        assert claims(client, flow, callback, page)["amr"] == ["pwd", "otp", "mfa", "fido"]


def test_msal_is_told_that_interaction_is_needed(world, client, person):
    assert "access_token" in client.acquire_token_by_username_password(person.name, person.password, SCOPES)
    account = client.get_accounts(username=person.name)[0]
    with policy(world, person, "mfa"):
        answer = client.acquire_token_silent_with_error(SCOPES, account, force_refresh=True)
        assert (answer["error"], answer["suberror"]) == ("interaction_required", "basic_action"), answer
        assert "capolids" in answer["claims"]


def test_without_script_the_page_says_what_a_passkey_needs_and_the_app_works(world, client, callback, chromium, out, person):
    context = chromium.new_context(ignore_https_errors=True, java_script_enabled=False)
    page = context.new_page()
    with policy(world, person, "mfa"):
        flow = begin(client, callback, page)
        expect(page.get_by_role("button", name="Sign in with a passkey")).to_have_count(0)
        sign_in(page, person.name, person.password)
        page.get_by_role("button", name="Passkey").click()
        expect(page.get_by_text("This browser cannot use a passkey")).to_be_visible()
        expect(page.get_by_role("button", name="Create passkey")).to_have_count(0)
        page.screenshot(path=out / "register-passkey-no-script.png", full_page=True)
        page.get_by_role("button", name="Use an authenticator app").click()
        page.get_by_role("textbox", name="Code").fill(one_time_code(page.locator(".key").inner_text()))
        page.get_by_role("button", name="Set up").click()
        page.get_by_role("button", name="I have saved them").click()
        assert claims(client, flow, callback, page)["amr"] == ["pwd", "otp", "mfa"]
    context.close()
