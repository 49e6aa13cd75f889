// openid-client, a strict OpenID Connect relying party: discovery, code with PKCE, refresh, userinfo, signatures, refusals.

import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { before, test } from "node:test";

import { createRemoteJWKSet, decodeJwt, importPKCS8, jwtVerify } from "jose";
import * as client from "openid-client";

import { registeredCertificate } from "./certificate.mjs";
import { AUTHORITY, BASE, GRAPH_SCOPE, TENANT, confidential, native, newPerson, withPolicy } from "./demo.mjs";
import { answerDeviceCode, signIn } from "./plain_browser.mjs";
import { run } from "./recipes.mjs";

const issuer = `${AUTHORITY}/v2.0`;
const REDIRECT = "http://localhost:53682/";
const SCOPE = "openid profile offline_access User.Read";

let person;
let config;

before(async () => {
  person = await newPerson();
  // Refuses a discovery document whose issuer is not the very address it came from.
  config = await run("config", ["openid-client"], { BASE, TENANT, CLIENT_ID: native.appId });
  // Checks the signature of every id token against the published keys, even where the protocol leaves it out.
  client.enableNonRepudiationChecks(config);
});

async function authorizationCode() {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const expectedState = client.randomState();
  const expectedNonce = client.randomNonce();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT,
    scope: SCOPE,
    state: expectedState,
    nonce: expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
  });
  const answer = await signIn(url, REDIRECT, person.userPrincipalName, person.password);
  return { answer, checks: { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true } };
}

function password() {
  const { userPrincipalName: username, password } = person;
  return client.genericGrantRequest(config, "password", { username, password, scope: SCOPE });
}

test("discovery names the issuer it was asked for", () => {
  assert.equal(config.serverMetadata().issuer, issuer);
  assert.deepEqual(config.serverMetadata().code_challenge_methods_supported, ["S256"]);
});

test("a code is redeemed with its verifier, and the tokens are refreshed and used", async () => {
  const { answer, checks } = await authorizationCode();
  const tokens = await client.authorizationCodeGrant(config, answer, checks);
  const claims = tokens.claims();
  assert.equal(claims.oid, person.id);
  assert.equal(claims.preferred_username, person.userPrincipalName);

  const keys = createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri));
  await jwtVerify(tokens.id_token, keys, { issuer, audience: native.appId });

  const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
  assert.notEqual(refreshed.access_token, tokens.access_token);

  const userinfo = await client.fetchUserInfo(config, refreshed.access_token, claims.sub);
  assert.equal(userinfo.sub, claims.sub);
});

test("a code without the right verifier is worth nothing", async () => {
  const { answer, checks } = await authorizationCode();
  const wrong = { ...checks, pkceCodeVerifier: client.randomPKCECodeVerifier() };
  await assert.rejects(client.authorizationCodeGrant(config, answer, wrong), { error: "invalid_grant" });
});

test("an altered token is refused by userinfo", async () => {
  const { access_token: token } = await password();
  const at = token.length - 20;
  const altered = token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1);
  await assert.rejects(client.fetchUserInfo(config, altered, client.skipSubjectCheck));
});

test("a refusal by conditional access carries suberror and claims", async () => {
  const tokens = await password();
  await withPolicy(person, "block", async (policy) => {
    const attempts = { "sign-in": password, refresh: () => client.refreshTokenGrant(config, tokens.refresh_token) };
    for (const [name, attempt] of Object.entries(attempts)) {
      const error = await attempt().then(() => assert.fail(`${name} was not refused`), (error) => error);
      assert.equal(error.error, "invalid_grant", `${name}: ${error.stack}`);
      assert.equal(error.cause.suberror, "message_only");
      assert.deepEqual(error.cause.error_codes, [53003]);
      assert.deepEqual(JSON.parse(error.cause.claims), { access_token: { capolids: { essential: true, values: [policy] } } });
    }
  });
  await password();
});

const SECRETS = { "in the form": client.ClientSecretPost, "by HTTP Basic": client.ClientSecretBasic };

for (const [how, authentication] of Object.entries(SECRETS)) {
  test(`an application proves itself with a secret ${how}`, async () => {
    const own = await client.discovery(new URL(issuer), confidential.appId, undefined, authentication(confidential.secret));
    const tokens = await client.clientCredentialsGrant(own, { scope: GRAPH_SCOPE });
    assert.equal(decodeJwt(tokens.access_token).tid, TENANT);
  });
}

for (const algorithm of ["PS256", "RS256"]) {
  test(`an application proves itself with a key, by ${algorithm}`, async () => {
    const { key, clientId } = await registeredCertificate();
    const authentication = client.PrivateKeyJwt(await importPKCS8(key, algorithm));
    const own = await client.discovery(new URL(issuer), clientId, undefined, authentication);
    assert.ok(await client.clientCredentialsGrant(own, { scope: GRAPH_SCOPE }));
  });
}

test("an application with another key is refused", async () => {
  const { clientId } = await registeredCertificate();
  const pair = await webcrypto.subtle.generateKey(
    { name: "RSA-PSS", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" },
    false,
    ["sign", "verify"],
  );
  const own = await client.discovery(new URL(issuer), clientId, undefined, client.PrivateKeyJwt(pair.privateKey));
  await assert.rejects(client.clientCredentialsGrant(own, { scope: GRAPH_SCOPE }), { error: "invalid_client", status: 401 });
});

test("a device code is waited for until the person has answered", async () => {
  const device = await client.initiateDeviceAuthorization(config, { scope: SCOPE });
  const waiting = client.pollDeviceAuthorizationGrant(config, device);
  const code = { verificationUri: device.verification_uri, userCode: device.user_code };
  await answerDeviceCode(code, person.userPrincipalName, person.password);
  assert.equal((await waiting).claims().oid, person.id);
});
