"""What applications and people get to see when a conditional access policy says no."""

import json
from contextlib import contextmanager
from urllib.parse import urlencode

import pytest

from sign_in import refusal, sign_in


@contextmanager
def policy(world, person, grant):
    """A policy for one person and every application, for as long as the block runs."""
    body = {
        "displayName": "End-to-end test",
        "state": "enabled",
        "conditions": {
            "users": {"includeUsers": [person.id]},
            "applications": {"includeApplications": ["All"]},
            "clientAppTypes": ["all"],
        },
        "grantControls": {"operator": "OR", "builtInControls": [grant]},
    }
    answer = world.graph("POST", "identity/conditionalAccess/policies", body)
    assert answer.status_code == 201, answer.text
    identifier = answer.json()["id"]
    try:
        yield identifier
    finally:
        assert world.graph("DELETE", f"identity/conditionalAccess/policies/{identifier}").status_code == 204


def assert_blocked(result, identifier):
    assert (result["error"], result["suberror"]) == ("invalid_grant", "message_only"), result
    assert result["error_codes"] == [53003]
    claims = json.loads(result["claims"])
    assert claims["access_token"]["capolids"]["values"] == [identifier]


def test_msal_gets_suberror_and_claims_at_sign_in_and_at_refresh(world, client, new_client, person):
    scopes = ["User.Read"]

    def sign_in_by_password(client):
        return client.acquire_token_by_username_password(person.name, person.password, scopes)

    assert "access_token" in sign_in_by_password(client)
    account = client.get_accounts(username=person.name)[0]
    with policy(world, person, "block") as identifier:
        assert_blocked(sign_in_by_password(client), identifier)
        assert_blocked(client.acquire_token_silent_with_error(scopes, account, force_refresh=True), identifier)
    # A client that was refused repeats the refusal by itself for a minute; a new one asks.
    assert "access_token" in sign_in_by_password(new_client())


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_person_is_told_what_failed(world, client, callback, page, out, width, scheme, person):
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    with policy(world, person, "block"):
        page.goto(client.initiate_auth_code_flow(["User.Read"], redirect_uri=callback.uri)["auth_uri"])
        sign_in(page, person.name, person.password)
        facts = refusal(page)
    assert facts["Error"] == "AADSTS53003"
    assert facts["Account"] == person.name
    assert facts["Time"].endswith("UTC")
    assert callback.is_silent(), "a refusal stays on the page until the person goes back"
    page.screenshot(path=out / f"refusal-{width}-{scheme}.png", full_page=True)
    page.get_by_role("link", name="Back to").click()
    answer = callback.wait(page)
    assert answer["error"] in ("access_denied", "interaction_required", "invalid_grant")
    assert "AADSTS53003" in answer["error_description"]


IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_without_the_broker_is_shown_where_to_get_it(world, chromium, out, scheme):
    anna = world.member_of("Mail with approved apps")
    context = chromium.new_context(
        ignore_https_errors=True, user_agent=IPHONE, viewport={"width": 390, "height": 844}, color_scheme=scheme, has_touch=True
    )
    page = context.new_page()
    request = {
        "client_id": world.application("Contoso Mail").id,
        "response_type": "code",
        "redirect_uri": "msauth.com.contoso.mail://auth",
        "scope": "openid api://contoso-mail/Mail.Read",
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256",
    }
    page.goto(f"{world.authority}/oauth2/v2.0/authorize?{urlencode(request)}")
    sign_in(page, anna.name, anna.password)
    assert refusal(page)["Error"] == "AADSTS50127"
    store = page.get_by_role("link", name="Open the App Store")
    assert store.get_attribute("href").startswith("https://apps.apple.com/")
    page.screenshot(path=out / f"refusal-broker-390-{scheme}.png", full_page=True)
    context.close()
