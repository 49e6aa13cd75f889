"""Authlib, as published: the grants of OAuth 2.0 without anything that belongs to one vendor."""

import pytest
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from joserfc import jwt
from joserfc.jwk import KeySet

import certificate
import recipes
from sign_in import accept_consent_if_asked, sign_in

GRAPH_SCOPE = "https://graph.microsoft.com/.default"


@pytest.fixture(scope="module")
def metadata(world):
    return OAuth2Session().get(f"{world.authority}/v2.0/.well-known/openid-configuration", withhold_token=True).json()


def verified(metadata, token, **wanted):
    """Claims of a token, whose signature the published keys must fit."""
    keys = KeySet.import_key_set(OAuth2Session().get(metadata["jwks_uri"], withhold_token=True).json())
    claims = jwt.decode(token, keys, algorithms=["RS256", "ES256"]).claims
    jwt.JWTClaimsRegistry(**{name: {"essential": True, "value": value} for name, value in wanted.items()}).validate(claims)
    return claims


def test_the_metadata_of_the_server_is_sound(metadata):
    AuthorizationServerMetadata(metadata).validate()


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_an_application_proves_itself_with_its_secret(world, metadata, method):
    application = world.application("Contoso Intranet")
    names = {"CLIENT_ID": application.id, "SECRET": application.secret, **world.names}
    session = recipes.run("Authlib", **names)["session"]
    session.token_endpoint_auth_method = method
    token = session.fetch_token(grant_type="client_credentials", scope=GRAPH_SCOPE)
    verified(metadata, token["access_token"], tid=world.tenant_id)


def test_an_application_proves_itself_with_its_key(world, metadata):
    made = certificate.make()
    client_id = world.new_application(keyCredentials=made.credentials)
    endpoint = metadata["token_endpoint"]
    session = OAuth2Session(client_id, made.key, token_endpoint_auth_method="private_key_jwt", token_endpoint=endpoint)
    session.register_client_auth_method(PrivateKeyJWT(endpoint))
    verified(metadata, session.fetch_token(grant_type="client_credentials", scope=GRAPH_SCOPE)["access_token"])


def test_a_wrong_secret_is_an_error_of_the_protocol(world):
    session = recipes.run("Authlib", CLIENT_ID=world.application("Contoso Intranet").id, SECRET="wrong", **world.names)["session"]
    with pytest.raises(OAuthError) as refusal:
        session.fetch_token(grant_type="client_credentials", scope=GRAPH_SCOPE)
    assert refusal.value.error == "invalid_client"


def test_a_code_with_pkce_gives_tokens_that_are_refreshed(world, metadata, callback, page, person):
    session = OAuth2Session(
        world.native_client.id,
        scope="openid profile offline_access User.Read",
        redirect_uri=callback.uri,
        code_challenge_method="S256",
        token_endpoint_auth_method="none",
        token_endpoint=metadata["token_endpoint"],
    )
    verifier = "a verifier of forty-three characters or more, as it is to be".replace(" ", "-").replace(",", "~")
    address, state = session.create_authorization_url(metadata["authorization_endpoint"], code_verifier=verifier, nonce="once")
    page.goto(address)
    sign_in(page, person.name, person.password)
    accept_consent_if_asked(page)
    answer = callback.wait(page)
    assert answer["state"] == state
    token = session.fetch_token(code=answer["code"], code_verifier=verifier)
    claims = verified(metadata, token["id_token"], iss=metadata["issuer"], aud=world.native_client.id, nonce="once")
    assert claims["oid"] == person.id
    fresh = session.refresh_token(metadata["token_endpoint"])
    assert fresh["access_token"] != token["access_token"]
    assert session.get(metadata["userinfo_endpoint"]).json()["sub"] == claims["sub"]
