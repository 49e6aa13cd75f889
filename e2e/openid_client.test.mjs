// openid-client, a strict OpenID Connect relying party: discovery, code with PKCE, refresh, userinfo, signatures, refusals.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";

import { createRemoteJWKSet, jwtVerify } from "jose";
import * as client from "openid-client";

import { signIn } from "./plain_browser.mjs";

const demo = JSON.parse(readFileSync(process.env.DOORWARD_DEMO, "utf8"));
const issuer = `${demo.baseUrl.replace(/\/$/, "")}/${demo.tenantId}/v2.0`;
const native = demo.applications.find((app) => !app.secret && app.redirectUris.some((uri) => uri.startsWith("http://localhost")));
const REDIRECT = "http://localhost:53682/";
const SCOPE = "openid profile offline_access User.Read";
const person = demo.users.find((user) => user.groups.length === 0);

let config;

before(async () => {
  // Refuses a discovery document whose issuer is not the very address it came from.
  config = await client.discovery(new URL(issuer), native.appId, undefined, client.None());
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
  const identifier = await createPolicy();
  try {
    const attempts = { "sign-in": password, refresh: () => client.refreshTokenGrant(config, tokens.refresh_token) };
    for (const [name, attempt] of Object.entries(attempts)) {
      const error = await attempt().then(() => assert.fail(`${name} was not refused`), (error) => error);
      assert.equal(error.error, "invalid_grant", `${name}: ${error.stack}`);
      assert.equal(error.cause.suberror, "message_only");
      assert.deepEqual(error.cause.error_codes, [53003]);
      assert.deepEqual(JSON.parse(error.cause.claims), { access_token: { capolids: { essential: true, values: [identifier] } } });
    }
  } finally {
    await deletePolicy(identifier);
  }
  await password();
});

async function graph(method, path, body) {
  const { userPrincipalName: username, password } = demo.admin;
  const scope = "https://graph.microsoft.com/.default";
  const { access_token } = await client.genericGrantRequest(config, "password", { username, password, scope });
  const url = new URL(`/v1.0/${path}`, demo.baseUrl);
  const headers = new Headers({ "content-type": "application/json" });
  return client.fetchProtectedResource(config, access_token, url, method, body && JSON.stringify(body), headers);
}

async function createPolicy() {
  const response = await graph("POST", "identity/conditionalAccess/policies", {
    displayName: "End-to-end test",
    state: "enabled",
    conditions: {
      users: { includeUsers: [person.id] },
      applications: { includeApplications: ["All"] },
      clientAppTypes: ["all"],
    },
    grantControls: { operator: "OR", builtInControls: ["block"] },
  });
  assert.equal(response.status, 201, await response.clone().text());
  return (await response.json()).id;
}

async function deletePolicy(identifier) {
  const response = await graph("DELETE", `identity/conditionalAccess/policies/${identifier}`);
  assert.equal(response.status, 204);
}
