"""MSAL for Python: how applications prove themselves, what they announce, and how a step-up goes from refusal to token."""

import json

import jwt
import msal
import pytest

import certificate
import recipes
from conftest import PortKeepingSession
from sign_in import sign_in
from test_conditional_access import policy
from test_second_factor import register_app

SCOPES = ["User.Read"]
GRAPH_SCOPE = "https://graph.microsoft.com/.default"


def claims_of(result: dict) -> dict:
    assert "access_token" in result, result
    return jwt.decode(result["access_token"], options={"verify_signature": False})


@pytest.fixture(scope="module")
def certified(world):
    made = certificate.make()
    return made, world.new_application(keyCredentials=made.credentials)


def confidential(world, client_id, credential):
    return msal.ConfidentialClientApplication(
        client_id, authority=world.authority, instance_discovery=False, client_credential=credential
    )


def test_an_application_proves_itself_with_a_certificate(world, certified):
    made, client_id = certified
    names = {"CLIENT_ID": client_id, "KEY": made.key, "CERTIFICATE": made.certificate, **world.names}
    app = recipes.run("MSAL for Python", "A confidential client", **names)["app"]
    claims = claims_of(app.acquire_token_for_client([GRAPH_SCOPE]))
    assert (claims["idtyp"], claims["tid"]) == ("app", world.tenant_id)
    assert client_id in (claims.get("appid"), claims.get("azp"))


def test_a_certificate_known_by_its_sha1_thumbprint_signs_in_the_old_way(world, certified):
    made, client_id = certified
    app = confidential(world, client_id, {"private_key": made.key, "thumbprint": made.thumbprint})
    claims_of(app.acquire_token_for_client([GRAPH_SCOPE]))


def test_a_certificate_that_is_not_registered_proves_nothing(world, certified):
    _, client_id = certified
    other = certificate.make()
    app = confidential(world, client_id, {"private_key": other.key, "public_certificate": other.certificate})
    result = app.acquire_token_for_client([GRAPH_SCOPE])
    assert (result["error"], result["error_codes"]) == ("invalid_client", [700027]), result


@pytest.mark.parametrize(
    ("credential", "code"), [("wrong", 7000215), (None, 7000218)], ids=["a wrong secret", "no proof at all"]
)
def test_a_confidential_client_without_its_proof_is_told_which_failed(world, credential, code):
    app = confidential(world, world.application("Contoso Intranet").id, credential)
    result = app.acquire_token_for_client([GRAPH_SCOPE])
    assert (result["error"], result["error_codes"]) == ("invalid_client", [code]), result


def test_what_a_client_announces_is_in_its_tokens(world, person):
    app = msal.PublicClientApplication(
        world.native_client.id,
        authority=world.authority,
        instance_discovery=False,
        client_capabilities=["CP1"],
        http_client=PortKeepingSession(world.base),
    )
    result = app.acquire_token_by_username_password(person.name, person.password, SCOPES)
    assert claims_of(result)["xms_cc"] == ["CP1"]


def in_family(world, cache, member):
    """A new public client that keeps its tokens in this cache."""
    identifier = world.new_application(
        isFallbackPublicClient=True, doorward={"consent": "preauthorized", "familyMember": member}
    )
    return msal.PublicClientApplication(
        identifier,
        authority=world.authority,
        instance_discovery=False,
        token_cache=cache,
        http_client=PortKeepingSession(world.base),
    )


def test_a_person_signs_in_to_one_app_of_a_family_and_the_others_need_no_password(world, person):
    cache = msal.TokenCache()
    first, second, stranger = (in_family(world, cache, member) for member in (True, True, False))
    result = first.acquire_token_by_username_password(person.name, person.password, SCOPES)
    assert claims_of(result)["azp"] == first.client_id
    account = second.get_accounts(username=person.name)[0]
    assert claims_of(second.acquire_token_silent_with_error(SCOPES, account))["azp"] == second.client_id

    refused = stranger.acquire_token_silent_with_error(SCOPES, account)
    assert refused is None or "access_token" not in refused, refused
    # The library has learned that this one is no member, and the family keeps its token.
    again = first.acquire_token_silent_with_error(SCOPES, account, force_refresh=True)
    assert claims_of(again)["azp"] == first.client_id


def test_an_app_that_can_protect_is_told_so_in_the_words_on_which_it_acts(world, person):
    application = world.new_application(
        isFallbackPublicClient=True, doorward={"consent": "preauthorized", "protectable": True}
    )
    told = {}
    with policy(world, person, "compliantApplication"):
        for capabilities in (["ProtApp"], []):
            app = msal.PublicClientApplication(
                application,
                authority=world.authority,
                instance_discovery=False,
                client_capabilities=capabilities,
                http_client=PortKeepingSession(world.base),
            )
            told[bool(capabilities)] = app.acquire_token_by_username_password(person.name, person.password, SCOPES)
    able = told[True]
    assert (able["error"], able["suberror"]) == ("unauthorized_client", "protection_policy_required"), able
    assert able["adi"] == person.name and able["client_info"], able
    assert told[False]["error_codes"] == [53002], told[False]


def test_a_refusal_for_want_of_a_second_factor_leads_to_a_token_with_one(world, client, callback, page, person):
    assert "access_token" in client.acquire_token_by_username_password(person.name, person.password, SCOPES)
    account = client.get_accounts(username=person.name)[0]
    with policy(world, person, "mfa") as identifier:
        refused = client.acquire_token_silent_with_error(SCOPES, account, force_refresh=True)
        assert (refused["error"], refused["suberror"]) == ("interaction_required", "basic_action"), refused
        assert json.loads(refused["claims"])["access_token"]["capolids"]["values"] == [identifier]

        flow = client.initiate_auth_code_flow(SCOPES, redirect_uri=callback.uri, claims_challenge=refused["claims"])
        page.goto(flow["auth_uri"])
        sign_in(page, person.name, person.password)
        register_app(page)
        page.get_by_role("button", name="I have saved them").click()
        result = client.acquire_token_by_auth_code_flow(flow, callback.wait(page))
        assert "mfa" in claims_of(result)["amr"]
        assert "access_token" in client.acquire_token_silent_with_error(SCOPES, account, force_refresh=True)


def test_a_service_acts_on_behalf_of_the_person_who_calls_it_as_far_as_policies_let_it(world, client, person):
    service, secret = world.new_service()
    calling = client.acquire_token_by_username_password(person.name, person.password, [f"{service}/.default"])
    called_with = calling["access_token"]
    result = confidential(world, service, secret).acquire_token_on_behalf_of(called_with, SCOPES)
    claims = claims_of(result)
    assert (claims["oid"], claims["azp"], claims["scp"]) == (person.id, service, "User.Read")

    with policy(world, person, "mfa") as identifier:
        refused = confidential(world, service, secret).acquire_token_on_behalf_of(called_with, SCOPES)
    assert (refused["error"], refused["suberror"]) == ("interaction_required", "basic_action"), refused
    assert json.loads(refused["claims"])["access_token"]["capolids"]["values"] == [identifier]

    other, its_secret = world.new_service()
    stolen = confidential(world, other, its_secret).acquire_token_on_behalf_of(called_with, SCOPES)
    assert (stolen["error"], stolen["error_codes"]) == ("invalid_grant", [50013]), "a token for another service"
