// The demo's company, as the server describes it in demo.json, and the administrator's hand.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";

const demo = JSON.parse(readFileSync(process.env.DOORWARD_DEMO, "utf8"));

export const BASE = demo.baseUrl.replace(/\/$/, "");
export const TENANT = demo.tenantId;
export const AUTHORITY = `${BASE}/${TENANT}`;
export const GRAPH_SCOPE = "https://graph.microsoft.com/.default";
/** A public application that answers on the loopback address. */
export const native = demo.applications.find((app) => !app.secret && app.redirectUris.some((uri) => uri.startsWith("http://localhost")));
/** An application with a secret. */
export const confidential = demo.applications.find((app) => app.secret);

let token;

/** The administrator's token for the admin API. */
export function administratorToken() {
  token ??= ask();
  return token;
}

async function ask() {
  const { userPrincipalName: username, password } = demo.admin;
  const fields = { client_id: native.appId, grant_type: "password", scope: GRAPH_SCOPE, username, password };
  const answer = await fetch(`${AUTHORITY}/oauth2/v2.0/token`, { method: "POST", body: new URLSearchParams(fields) });
  const { access_token: accessToken } = await answer.json();
  assert.ok(accessToken, "the administrator cannot sign in");
  return accessToken;
}

/** A request to the admin API as the administrator, which must succeed. */
export async function graph(method, path, body) {
  const headers = { authorization: `Bearer ${await administratorToken()}`, "content-type": "application/json" };
  const answer = await fetch(`${BASE}/v1.0/${path}`, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
  return text && JSON.parse(text);
}

/** Somebody new, so that tests share neither policies nor the budget for password attempts. */
export async function newPerson() {
  const userPrincipalName = `tester-${randomBytes(4).toString("hex")}@${demo.tenantDomain}`;
  const password = randomBytes(16).toString("base64url");
  const passwordProfile = { password, forceChangePasswordNextSignIn: false };
  const { id } = await graph("POST", "users", { accountEnabled: true, displayName: "Tess Ter", userPrincipalName, passwordProfile });
  return { id, userPrincipalName, password };
}

/** A service that may act for the people who call it: client id, secret, and a token with which this person has called it. */
export async function serviceCalledBy({ userPrincipalName: username, password }) {
  const { appId } = await graph("POST", "applications", { displayName: "A service", doorward: { consent: "preauthorized" } });
  const { secretText: secret } = await graph("POST", `applications/${appId}/addPassword`);
  const fields = { client_id: native.appId, grant_type: "password", scope: `${appId}/.default`, username, password };
  const answer = await fetch(`${AUTHORITY}/oauth2/v2.0/token`, { method: "POST", body: new URLSearchParams(fields) });
  const { access_token: calledWith } = await answer.json();
  assert.ok(calledWith, "the service cannot be called");
  return { appId, secret, calledWith };
}

/** A policy for one person and every application, for as long as `action` runs, which is given its id. */
export async function withPolicy(person, grant, action) {
  const { id } = await graph("POST", "identity/conditionalAccess/policies", {
    displayName: "End-to-end test",
    state: "enabled",
    conditions: { users: { includeUsers: [person.id] }, applications: { includeApplications: ["All"] }, clientAppTypes: ["all"] },
    grantControls: { operator: "OR", builtInControls: [grant] },
  });
  try {
    return await action(id);
  } finally {
    await graph("DELETE", `identity/conditionalAccess/policies/${id}`);
  }
}
