"""azure-identity for Python, as published."""

import json

import jwt
import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import (
    AuthenticationRequiredError,
    CertificateCredential,
    ClientSecretCredential,
    DeviceCodeCredential,
    OnBehalfOfCredential,
)

import certificate
import recipes
from sign_in import sign_in
from test_conditional_access import policy
from test_device_code import enter_code

GRAPH_SCOPE = "https://graph.microsoft.com/.default"


def claims_of(token) -> dict:
    return jwt.decode(token.token, options={"verify_signature": False})


def test_an_application_gets_a_token_with_its_secret_and_keeps_it(world):
    application = world.application("Contoso Intranet")
    names = {"CLIENT_ID": application.id, "SECRET": application.secret, **world.names}
    credential = recipes.run("azure-identity for Python", **names)["credential"]
    first = credential.get_token(GRAPH_SCOPE)
    assert claims_of(first)["tid"] == world.tenant_id
    assert abs(first.expires_on - claims_of(first)["exp"]) <= 2, "the answer and the token end together"
    assert credential.get_token(GRAPH_SCOPE).token == first.token


def test_an_application_gets_a_token_with_its_certificate(world):
    made = certificate.make()
    client_id = world.new_application(keyCredentials=made.credentials)
    credential = CertificateCredential(
        world.tenant_id,
        client_id,
        certificate_data=f"{made.key}\n{made.certificate}".encode(),
        authority=world.base,
        disable_instance_discovery=True,
    )
    claims = claims_of(credential.get_token(GRAPH_SCOPE))
    assert client_id in (claims.get("appid"), claims.get("azp"))


@pytest.fixture
def device_code(world, page, person):
    """A credential for whose code the person signs in at once."""

    def answer(verification_uri, user_code, _expires):
        enter_code(page, {"verification_uri": verification_uri, "user_code": user_code})
        sign_in(page, person.name, person.password)
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("heading", name="You are signed in").wait_for()

    return DeviceCodeCredential(
        client_id=world.native_client.id,
        tenant_id=world.tenant_id,
        authority=world.base,
        disable_instance_discovery=True,
        prompt_callback=answer,
        disable_automatic_authentication=True,
    )


def test_a_person_answers_a_device_code(device_code, person):
    device_code.authenticate(scopes=[GRAPH_SCOPE])
    assert claims_of(device_code.get_token(GRAPH_SCOPE))["oid"] == person.id


@pytest.mark.parametrize("grant", ["block", "compliantDevice", "mfa"])
def test_a_refusal_asks_for_interaction_and_says_what_for(world, device_code, person, grant):
    device_code.authenticate(scopes=[GRAPH_SCOPE])
    with policy(world, person, grant) as identifier, pytest.raises(AuthenticationRequiredError) as refusal:
        device_code.get_token("User.Read")
    answer = json.loads(refusal.value.response.text())
    assert json.loads(answer["claims"])["access_token"]["capolids"]["values"] == [identifier]


def test_a_wrong_secret_is_an_authentication_error_with_its_code(world):
    application = world.application("Contoso Intranet").id
    credential = ClientSecretCredential(world.tenant_id, application, "wrong", authority=world.base, disable_instance_discovery=True)
    with pytest.raises(ClientAuthenticationError, match="AADSTS7000215"):
        credential.get_token(GRAPH_SCOPE)


def test_a_service_acts_on_behalf_of_the_person_who_calls_it(world, client, person):
    service, secret = world.new_service()
    calling = client.acquire_token_by_username_password(person.name, person.password, [f"{service}/.default"])

    def credential():
        return OnBehalfOfCredential(
            world.tenant_id,
            service,
            client_secret=secret,
            user_assertion=calling["access_token"],
            authority=world.base,
            disable_instance_discovery=True,
        )

    claims = claims_of(credential().get_token(GRAPH_SCOPE))
    assert (claims["oid"], claims["azp"]) == (person.id, service)
    with policy(world, person, "block"), pytest.raises(ClientAuthenticationError, match="AADSTS53003"):
        credential().get_token(GRAPH_SCOPE)
