"""MSAL Python as a confidential web application, which each person must agree to once."""

from urllib.parse import parse_qsl, urlsplit

import msal
import pytest
from playwright.sync_api import expect

from sign_in import sign_in

REDIRECT = "https://localhost/callback"


@pytest.fixture
def intranet(world):
    application = world.application("Contoso Intranet")
    return msal.ConfidentialClientApplication(
        application.id, client_credential=application.secret, authority=world.authority, instance_discovery=False
    )


def answer_after(page, action):
    """The query that goes to the application after `action`. Nobody listens there: the address is all that is wanted."""
    with page.expect_request(lambda request: request.url.startswith(REDIRECT)) as request:
        action()
    return dict(parse_qsl(urlsplit(request.value.url).query))


def ask(intranet, page, person):
    flow = intranet.initiate_auth_code_flow(["User.Read"], redirect_uri=REDIRECT)
    page.goto(flow["auth_uri"])
    sign_in(page, person.name, person.password)
    return flow


def test_a_person_agrees_once(intranet, context, person, out):
    page = context.new_page()
    flow = ask(intranet, page, person)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Contoso Intranet")
    expect(page.get_by_text("Read your directory entry")).to_be_visible()
    page.screenshot(path=out / "consent-1280.png", full_page=True)
    answer = answer_after(page, page.get_by_role("button", name="Accept").click)
    result = intranet.acquire_token_by_auth_code_flow(flow, answer)
    assert result["id_token_claims"]["oid"] == person.id, result

    again = intranet.initiate_auth_code_flow(["User.Read"], redirect_uri=REDIRECT)
    page = context.new_page()
    assert "code" in answer_after(page, lambda: page.evaluate("address => { location = address }", again["auth_uri"]))


def test_declining_tells_the_application(intranet, context, person):
    page = context.new_page()
    ask(intranet, page, person)
    answer = answer_after(page, page.get_by_role("button", name="Decline").click)
    assert answer["error"] == "access_denied"
