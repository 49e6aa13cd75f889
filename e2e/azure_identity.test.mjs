// azure-identity for Node.js, as published.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  AuthenticationRequiredError,
  ClientCertificateCredential,
  CredentialUnavailableError,
  DeviceCodeCredential,
  OnBehalfOfCredential,
  UsernamePasswordCredential,
} from "@azure/identity";
import { decodeJwt } from "jose";

import { registeredCertificate } from "./certificate.mjs";
import { BASE, GRAPH_SCOPE, TENANT, confidential, native, newPerson, serviceCalledBy, withPolicy } from "./demo.mjs";
import { answerDeviceCode } from "./plain_browser.mjs";
import { run } from "./recipes.mjs";

const RECIPE = ["azure-identity for Node.js"];
const OPTIONS = { authorityHost: BASE, disableInstanceDiscovery: true };
const names = { BASE, TENANT, CLIENT_ID: confidential.appId, SECRET: confidential.secret };

test("an application gets a token with its secret, and keeps it", async () => {
  const credential = await run("credential", RECIPE, names);
  const { token, expiresOnTimestamp } = await credential.getToken(GRAPH_SCOPE);
  const claims = decodeJwt(token);
  assert.equal(claims.tid, TENANT);
  assert.equal(claims.idtyp, "app");
  assert.ok(Math.abs(expiresOnTimestamp / 1000 - claims.exp) <= 2, "the answer and the token end together");
  assert.equal((await credential.getToken(GRAPH_SCOPE)).token, token);
});

test("an application gets a token with its certificate", async () => {
  const { key, certificate, clientId } = await registeredCertificate();
  const credential = new ClientCertificateCredential(TENANT, clientId, { certificate: `${key}\n${certificate}` }, OPTIONS);
  const claims = decodeJwt((await credential.getToken(GRAPH_SCOPE)).token);
  assert.equal(claims.appid ?? claims.azp, clientId);
});

test("a person answers a device code", async () => {
  const person = await newPerson();
  let answered;
  const userPromptCallback = (code) => {
    answered = answerDeviceCode(code, person.userPrincipalName, person.password);
  };
  const credential = new DeviceCodeCredential({ tenantId: TENANT, clientId: native.appId, userPromptCallback, ...OPTIONS });
  const { token } = await credential.getToken(GRAPH_SCOPE);
  await answered;
  assert.equal(decodeJwt(token).oid, person.id);
});

test("a policy that asks for a second factor is told to the application as a matter of interaction", async () => {
  const person = await newPerson();
  const credential = new UsernamePasswordCredential(TENANT, native.appId, person.userPrincipalName, person.password, OPTIONS);
  await withPolicy(person, "mfa", async () => {
    const error = await credential.getToken(GRAPH_SCOPE).catch((error) => error);
    assert.ok(error instanceof AuthenticationRequiredError, `${error.stack}`);
    assert.match(error.message, /AADSTS50076|AADSTS50079/);
  });
});

test("a wrong secret is told with its code", async () => {
  const credential = await run("credential", RECIPE, { ...names, SECRET: "wrong" });
  const error = await credential.getToken(GRAPH_SCOPE).catch((error) => error);
  assert.ok(error instanceof AuthenticationRequiredError, `${error.stack}`);
  assert.match(error.message, /AADSTS7000215/);
});

test("where there is no such tenant, the credential says that it is of no use", async () => {
  const credential = await run("credential", RECIPE, { ...names, TENANT: "00000000-0000-0000-0000-000000000001" });
  await assert.rejects(credential.getToken(GRAPH_SCOPE), CredentialUnavailableError);
});

test("a service acts on behalf of the person who calls it", async () => {
  const person = await newPerson();
  const { appId, secret, calledWith } = await serviceCalledBy(person);
  const options = { tenantId: TENANT, clientId: appId, clientSecret: secret, userAssertionToken: calledWith, ...OPTIONS };
  const { oid, azp } = decodeJwt((await new OnBehalfOfCredential(options).getToken(GRAPH_SCOPE)).token);
  assert.deepEqual({ oid, azp }, { oid: person.id, azp: appId });
  await withPolicy(person, "block", async () => {
    await assert.rejects(new OnBehalfOfCredential(options).getToken(GRAPH_SCOPE), AuthenticationRequiredError);
  });
});
