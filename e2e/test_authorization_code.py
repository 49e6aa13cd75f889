"""MSAL Python: authorization code with PKCE through a real browser, and refresh."""

import jwt
from playwright.sync_api import expect

from sign_in import accept_consent_if_asked, enter_name, enter_password, sign_in


def authorize(client, callback, page, person, scopes, response_mode="query"):
    flow = client.initiate_auth_code_flow(scopes, redirect_uri=callback.uri, response_mode=response_mode)
    page.goto(flow["auth_uri"])
    sign_in(page, person.name, person.password)
    accept_consent_if_asked(page)
    return flow, callback.wait(page)


def test_code_flow_gives_tokens_and_refresh_renews_them(world, client, callback, page, person):
    scopes = ["User.Read"]
    flow, answer = authorize(client, callback, page, person, scopes)
    result = client.acquire_token_by_auth_code_flow(flow, answer)
    assert "error" not in result, result

    # The signature, issuer and audience, which MSAL leaves to the service that receives a token.
    keys = jwt.PyJWKClient(f"{world.authority}/discovery/v2.0/keys")
    key = keys.get_signing_key_from_jwt(result["id_token"])
    claims = jwt.decode(
        result["id_token"],
        key.key,
        algorithms=["RS256", "ES256"],
        audience=client.client_id,
        issuer=f"{world.base}/{world.tenant_id}/v2.0",
    )
    assert (claims["oid"], claims["tid"], claims["preferred_username"]) == (person.id, world.tenant_id, person.name)
    assert result["id_token_claims"]["name"] == claims["name"]

    account = client.get_accounts(username=person.name)[0]
    assert account["home_account_id"] == f"{person.id}.{world.tenant_id}"
    cached = client.acquire_token_silent(scopes, account)
    assert cached["access_token"] == result["access_token"], "the cache was not used"
    fresh = client.acquire_token_silent_with_error(scopes, account, force_refresh=True)
    assert "error" not in fresh, fresh
    assert fresh["access_token"] != result["access_token"]


def test_the_answer_can_come_as_a_form(world, client, callback, page, person):
    """What MSAL recommends: the code never stands in an address."""
    flow, answer = authorize(client, callback, page, person, ["User.Read"], response_mode="form_post")
    assert "code" not in page.url
    result = client.acquire_token_by_auth_code_flow(flow, answer)
    assert result["id_token_claims"]["oid"] == person.id, result


def test_a_session_signs_in_without_asking_again(world, client, callback, page, person):
    authorize(client, callback, page, person, ["User.Read"])
    flow = client.initiate_auth_code_flow(["User.Read"], redirect_uri=callback.uri, prompt="none")
    page.goto(flow["auth_uri"])
    expect(page).to_have_title("Done")
    result = client.acquire_token_by_auth_code_flow(flow, callback.wait(page))
    assert callback.is_silent(), "one request, one answer"
    assert result["id_token_claims"]["oid"] == person.id


def test_prompt_none_without_a_session_tells_the_application(client, callback, page):
    flow = client.initiate_auth_code_flow(["User.Read"], redirect_uri=callback.uri, prompt="none")
    page.goto(flow["auth_uri"])
    answer = callback.wait(page)
    assert answer["error"] == "login_required"
    assert answer["state"] == flow["state"]


def test_a_code_works_once(world, client, callback, page, person):
    flow, answer = authorize(client, callback, page, person, ["User.Read"])
    assert "error" not in client.acquire_token_by_auth_code_flow(dict(flow), dict(answer))
    again = client.acquire_token_by_auth_code_flow(dict(flow), dict(answer))
    assert again["error"] == "invalid_grant", again


def test_a_wrong_password_says_the_same_of_every_account(world, client, callback, page, person):
    alerts = []
    for name in (f"nobody@{world.tenant_domain}", person.name):
        page.goto(client.initiate_auth_code_flow(["User.Read"], redirect_uri=callback.uri)["auth_uri"])
        enter_name(page, name)
        enter_password(page, "not the password")
        alerts.append(page.get_by_role("alert").inner_text())
        field = page.get_by_label("Password", exact=True)
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_be_focused()
        expect(field).to_have_value("")
    assert alerts[0] == alerts[1] and "is not right" in alerts[0], alerts
    assert callback.is_silent()
    # The same page still lets the right password in.
    enter_password(page, person.password)
    accept_consent_if_asked(page)
    assert "code" in callback.wait(page)


def test_a_handed_out_password_must_be_changed_first(world, client, callback, page, out):
    person = world.new_person(change_password=True)
    page.goto(client.initiate_auth_code_flow(["User.Read"], redirect_uri=callback.uri)["auth_uri"])
    sign_in(page, person.name, person.password)
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose a new password")
    assert callback.is_silent()

    def choose(new, repeated):
        page.get_by_label("Current password").fill(person.password)
        page.get_by_label("New password", exact=True).fill(new)
        page.get_by_label("New password, once more").fill(repeated)
        page.get_by_role("button", name="Change password and sign in").click()

    choose("seven purple lanterns", "seven purple lantern")
    expect(page.get_by_role("alert")).to_be_visible()
    page.screenshot(path=out / "change-password-1280.png")
    choose("seven purple lanterns", "seven purple lanterns")
    assert "code" in callback.wait(page)


def test_another_account_can_be_chosen(world, client, callback, page, person):
    flow = client.initiate_auth_code_flow(["User.Read"], redirect_uri=callback.uri)
    page.goto(flow["auth_uri"])
    enter_name(page, f"somebody@{world.tenant_domain}")
    page.get_by_role("link", name="Use another account").click()
    sign_in(page, person.name, person.password)
    accept_consent_if_asked(page)
    assert "code" in callback.wait(page)
