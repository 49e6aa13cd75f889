"""What applications and people get to see when a conditional access policy says no."""

import json
from contextlib import contextmanager

import pytest

from sign_in import refusal, sign_in


@contextmanager
def policy(world, grant):
    """A policy for one person and every application, for as long as the block runs."""
    body = {
        "displayName": "End-to-end test",
        "state": "enabled",
        "conditions": {
            "users": {"includeUsers": [world.person.id]},
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


def test_msal_gets_suberror_and_claims_at_sign_in_and_at_refresh(world, client):
    person = world.person
    scopes = ["User.Read"]

    def sign_in_by_password():
        return client.acquire_token_by_username_password(person.name, person.password, scopes)

    assert "access_token" in sign_in_by_password()
    account = client.get_accounts(username=person.name)[0]
    with policy(world, "block") as identifier:
        assert_blocked(sign_in_by_password(), identifier)
        assert_blocked(client.acquire_token_silent_with_error(scopes, account, force_refresh=True), identifier)
    renewed = client.acquire_token_silent_with_error(scopes, account, force_refresh=True)
    assert "access_token" in renewed, renewed


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_person_is_told_what_failed(world, client, callback, page, out, width, scheme):
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    person = world.person
    with policy(world, "block"):
        page.goto(client.initiate_auth_code_flow(["User.Read"], redirect_uri=callback.uri)["auth_uri"])
        sign_in(page, person.name, person.password)
        facts = refusal(page)
    assert facts["Error"] == "AADSTS53003"
    assert facts["Account"] == person.name
    assert facts["Time"].endswith("UTC")
    assert not callback.answers, "a refusal stays on the page until the person goes back"
    page.screenshot(path=out / f"refusal-{width}-{scheme}.png", full_page=True)
    page.get_by_role("link", name="Back to").click()
    answer = callback.wait()
    assert answer["error"] in ("access_denied", "interaction_required", "invalid_grant")
    assert "AADSTS53003" in answer["error_description"]
