// MSAL for Node.js, as published: what each of its grants gets, what it keeps, and which error class a refusal becomes.

import assert from "node:assert/strict";
import { before, test } from "node:test";

import { ConfidentialClientApplication, CryptoProvider, InteractionRequiredAuthError, ServerError } from "@azure/msal-node";
import { decodeJwt } from "jose";

import { registeredCertificate } from "./certificate.mjs";
import { AUTHORITY, BASE, GRAPH_SCOPE, TENANT, native, newPerson, serviceCalledBy, withPolicy } from "./demo.mjs";
import { answerDeviceCode, signIn } from "./plain_browser.mjs";
import { run } from "./recipes.mjs";

const SCOPES = ["User.Read"];
const REDIRECT = "http://localhost:53682/";

let person;

before(async () => {
  person = await newPerson();
});

function newApp() {
  return run("app", ["MSAL for Node.js"], { BASE, TENANT, CLIENT_ID: native.appId });
}

function byPassword(app, more = {}) {
  return app.acquireTokenByUsernamePassword({ scopes: SCOPES, username: person.userPrincipalName, password: person.password, ...more });
}

/** The redirect back to the application after a sign-in in the browser, and the verifier that belongs to it. */
async function authorized(app, more = {}) {
  const { verifier, challenge } = await new CryptoProvider().generatePkceCodes();
  const request = { scopes: SCOPES, redirectUri: REDIRECT, codeChallenge: challenge, codeChallengeMethod: "S256", ...more };
  const address = await app.getAuthCodeUrl(request);
  const answer = await signIn(address, REDIRECT, person.userPrincipalName, person.password);
  return { code: answer.searchParams.get("code"), scopes: SCOPES, redirectUri: REDIRECT, codeVerifier: verifier };
}

test("a code gives tokens, the cache keeps them, and refresh renews them", async () => {
  const app = await newApp();
  const nonce = new CryptoProvider().createNewGuid();
  const first = await app.acquireTokenByCode(await authorized(app, { nonce }), { nonce });
  assert.equal(first.account.homeAccountId, `${person.id}.${TENANT}`);
  assert.equal(first.idTokenClaims.preferred_username, person.userPrincipalName);
  assert.equal(first.fromCache, false);

  const [account] = await app.getTokenCache().getAllAccounts();
  const cached = await app.acquireTokenSilent({ scopes: SCOPES, account });
  assert.equal(cached.accessToken, first.accessToken);
  assert.equal(cached.fromCache, true);
  const fresh = await app.acquireTokenSilent({ scopes: SCOPES, account, forceRefresh: true });
  assert.notEqual(fresh.accessToken, first.accessToken);
});

test("a code for another nonce is refused by the library", async () => {
  const app = await newApp();
  const request = await authorized(app, { nonce: "one" });
  await assert.rejects(app.acquireTokenByCode(request, { nonce: "another" }), { errorCode: "nonce_mismatch" });
});

test("a device code is waited for until the person has answered", async () => {
  const app = await newApp();
  let answered;
  const deviceCodeCallback = (code) => {
    answered = answerDeviceCode(code, person.userPrincipalName, person.password);
  };
  const result = await app.acquireTokenByDeviceCode({ scopes: SCOPES, deviceCodeCallback });
  await answered;
  assert.equal(result.account.localAccountId, person.id);
});

test("a refresh token from elsewhere is taken into the cache", async () => {
  const app = await newApp();
  await byPassword(app);
  const { RefreshToken } = JSON.parse(app.getTokenCache().serialize());
  const [{ secret: refreshToken }] = Object.values(RefreshToken);
  const result = await (await newApp()).acquireTokenByRefreshToken({ refreshToken, scopes: SCOPES });
  assert.equal(result.account.localAccountId, person.id);
});

test("what a client announces that it can do is in its tokens", async () => {
  const app = await newApp();
  const claims = JSON.stringify({ access_token: { xms_cc: { values: ["CP1"] } } });
  assert.deepEqual(decodeJwt((await byPassword(app, { claims })).accessToken).xms_cc, ["CP1"]);
});

const REFUSALS = [
  { grant: "block", suberror: "message_only", code: "53003" },
  { grant: "mfa", suberror: "basic_action", code: "50076" },
  { grant: "compliantDevice", suberror: "additional_action", code: "53000" },
  { grant: "approvedApplication", suberror: "additional_action", code: "53002" },
  { grant: "domainJoinedDevice", suberror: "message_only", code: "53001" },
];

for (const { grant, suberror, code } of REFUSALS) {
  test(`${grant}: interaction is required, with what to ask for`, async () => {
    const app = await newApp();
    const { account } = await byPassword(app);
    await withPolicy(person, grant, async (policy) => {
      const error = await app.acquireTokenSilent({ scopes: SCOPES, account, forceRefresh: true }).catch((error) => error);
      assert.ok(error instanceof InteractionRequiredAuthError, `${error.stack}`);
      assert.equal(error.subError, suberror);
      assert.match(error.errorMessage, new RegExp(code));
      assert.deepEqual(JSON.parse(error.claims).access_token.capolids, { essential: true, values: [policy] });
    });
  });
}

test("a wrong password is an error of the server that no interaction mends", async () => {
  const error = await byPassword(await newApp(), { password: "wrong" }).catch((error) => error);
  assert.ok(error instanceof ServerError, `${error.stack}`);
  assert.equal(error.errorCode, "invalid_grant");
  assert.equal(error.errorNo, 50126);
});

test("a confidential client proves itself with a certificate", async () => {
  const { key, certificate, clientId } = await registeredCertificate();
  const names = { BASE, TENANT, CLIENT_ID: clientId, KEY: key, CERTIFICATE: certificate };
  const app = await run("app", ["MSAL for Node.js", "A confidential client"], names);
  const result = await app.acquireTokenByClientCredential({ scopes: [GRAPH_SCOPE] });
  assert.equal(decodeJwt(result.accessToken).appid ?? decodeJwt(result.accessToken).azp, clientId);
});

test("a service acts on behalf of the person who calls it, as far as policies let it", async () => {
  const { appId, secret, calledWith } = await serviceCalledBy(person);
  const auth = { clientId: appId, clientSecret: secret, authority: AUTHORITY, knownAuthorities: [new URL(BASE).host] };
  const exchange = () => new ConfidentialClientApplication({ auth }).acquireTokenOnBehalfOf({ oboAssertion: calledWith, scopes: SCOPES });
  const { oid, azp } = decodeJwt((await exchange()).accessToken);
  assert.deepEqual({ oid, azp }, { oid: person.id, azp: appId });
  await withPolicy(person, "mfa", async (policy) => {
    const error = await exchange().catch((error) => error);
    assert.ok(error instanceof InteractionRequiredAuthError, `${error.stack}`);
    assert.equal(error.subError, "basic_action");
    assert.deepEqual(JSON.parse(error.claims).access_token.capolids.values, [policy]);
  });
});
