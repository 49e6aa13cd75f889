// @microsoft/microsoft-graph-client as published, pointed at this server by the lines that docs/clients.md gives.

import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { before, test } from "node:test";

import { BatchRequestContent, BatchResponseContent, GraphError, PageIterator } from "@microsoft/microsoft-graph-client";

import { AUTHORITY, BASE, administratorToken } from "./demo.mjs";
import { run } from "./recipes.mjs";

let graph;

before(async () => {
  graph = await run("graph", ["Microsoft Graph client for Node.js"], { BASE, getAccessToken: administratorToken });
});

const unique = (name) => `${name} ${randomBytes(4).toString("hex")}`;

test("a group is made, filled, read and deleted", async () => {
  const displayName = unique("Node");
  const body = { displayName, mailEnabled: false, mailNickname: "node", securityEnabled: true };
  const group = await graph.api("/groups").post(body);
  const me = await graph.api("/me").select("id,displayName").get();
  const reference = { "@odata.id": `${BASE}/v1.0/directoryObjects/${me.id}` };
  await graph.api(`/groups/${group.id}/members/$ref`).post(reference);
  await graph.api(`/groups/${group.id}/owners/$ref`).post(reference);
  for (const list of ["members", "owners"]) {
    const { value } = await graph.api(`/groups/${group.id}/${list}`).select("id").get();
    assert.deepEqual(value, [{ "@odata.type": "#microsoft.graph.user", id: me.id }], list);
  }
  const { value } = await graph.api("/me/memberOf").filter(`displayName eq '${displayName}'`).get();
  assert.equal(value.length, 1);
  await graph.api(`/groups/${group.id}`).patch({ description: "changed" });
  assert.equal((await graph.api(`/groups/${group.id}`).get()).description, "changed");
  await graph.api(`/groups/${group.id}`).delete();
});

test("an application is registered, given a password, and gets a token", async () => {
  const scope = { id: randomUUID(), value: "Orders.Read", type: "User", isEnabled: true, adminConsentDisplayName: "Read orders",
    adminConsentDescription: "Reads orders" };
  const identifier = `api://${randomUUID()}`;
  const app = await graph.api("/applications").post({
    displayName: unique("Node"),
    signInAudience: "AzureADMyOrg",
    identifierUris: [identifier],
    web: { redirectUris: ["https://orders.contoso.example/cb"] },
    publicClient: { redirectUris: ["http://localhost"] },
    api: { oauth2PermissionScopes: [scope] },
  });
  const one = `/applications/${app.id}`;
  assert.equal(app.api.oauth2PermissionScopes[0].id, scope.id);
  await graph.api(one).patch({ web: { homePageUrl: "https://orders.contoso.example" } });
  const { web } = await graph.api(one).select("web").get();
  assert.deepEqual([web.redirectUris, web.homePageUrl], [["https://orders.contoso.example/cb"], "https://orders.contoso.example"]);
  const { secretText, keyId } = await graph.api(`${one}/addPassword`).post({ passwordCredential: { displayName: "node" } });
  const fields = { client_id: app.appId, client_secret: secretText, grant_type: "client_credentials", scope: `${identifier}/.default` };
  const ask = () => fetch(`${AUTHORITY}/oauth2/v2.0/token`, { method: "POST", body: new URLSearchParams(fields) });
  assert.ok((await (await ask()).json()).access_token);
  await graph.api(`${one}/removePassword`).post({ keyId });
  assert.equal((await ask()).status, 401);
  await graph.api(one).delete();
});

test("a policy and a location are made, changed and deleted", async () => {
  const locations = graph.api("/identity/conditionalAccess/namedLocations");
  const location = await locations.post({
    "@odata.type": "#microsoft.graph.ipNamedLocation",
    displayName: unique("Node"),
    isTrusted: false,
    ipRanges: [{ "@odata.type": "#microsoft.graph.iPv4CidrRange", cidrAddress: "198.51.100.0/24" }],
  });
  const policy = await graph.api("/identity/conditionalAccess/policies").post({
    displayName: unique("Node"),
    state: "disabled",
    conditions: {
      users: { includeUsers: ["All"] },
      applications: { includeApplications: ["All"] },
      clientAppTypes: ["all"],
      locations: { includeLocations: [location.id] },
    },
    grantControls: { operator: "OR", builtInControls: ["block"] },
  });
  const one = `/identity/conditionalAccess/policies/${policy.id}`;
  await graph.api(one).patch({ state: "enabledForReportingButNotEnforced" });
  assert.equal((await graph.api(one).get()).state, "enabledForReportingButNotEnforced");
  await graph.api(one).delete();
  await graph.api(`/identity/conditionalAccess/namedLocations/${location.id}`).delete();
});

test("the sign-in log is read page by page", async () => {
  const first = await graph.api("/auditLogs/signIns").top(4).get();
  const ids = new Set();
  const iterator = new PageIterator(graph, first, (signIn) => {
    ids.add(signIn.id);
    return ids.size < 10;
  });
  await iterator.iterate();
  assert.equal(ids.size, 10);
  assert.equal(iterator.isComplete(), false);
});

test("a batch answers each request", async () => {
  const step = (id, url) => ({ id, request: new Request(`${BASE}/v1.0${url}`, { method: "GET" }) });
  const content = new BatchRequestContent([step("1", "/users?$top=1"), step("2", "/devices/00000000-0000-4000-8000-000000000000")]);
  const answer = new BatchResponseContent(await graph.api("/$batch").post(await content.getContent()));
  assert.equal(answer.getResponseById("1").status, 200);
  assert.equal(answer.getResponseById("2").status, 404);
});

test("a refusal arrives as the client's error", async () => {
  const cases = [
    [() => graph.api("/users").filter("nonsense eq 'x'").get(), 400, "Request_BadRequest"],
    [() => graph.api("/groups/00000000-0000-4000-8000-000000000000").get(), 404, "Request_ResourceNotFound"],
    [() => graph.api("/me").header("If-Match", '"0"').patch({}), 405, "Request_MethodNotAllowed"],
  ];
  for (const [ask, statusCode, code] of cases) {
    const error = await ask().then(() => assert.fail("it was not refused"), (error) => error);
    assert.ok(error instanceof GraphError, String(error));
    assert.deepEqual([error.statusCode, error.code], [statusCode, code]);
    assert.ok(error.requestId);
  }
});
