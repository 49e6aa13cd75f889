// oidc-provider with its in-memory store, set up to do what is measured of Doorward: JWT access tokens, no ID token beside them.
//
//   node server.mjs CA_CERTIFICATE CA_KEY
//
// Prints a line of JSON when it serves.

import { execFileSync } from "node:child_process";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";

import Provider from "oidc-provider";

const [ca, caKey] = process.argv.slice(2);
const CLIENT = { id: randomUUID(), secret: randomUUID() };
const SCOPE = "api:read";
const resource = (algorithm) => `https://${algorithm.toLowerCase()}.example/`;

function certificate() {
  const folder = mkdtempSync(join(tmpdir(), "peer-"));
  const file = (name) => join(folder, name);
  const openssl = (...options) => execFileSync("openssl", options, { stdio: "pipe" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", file("key.pem")];
  openssl("req", ...key, "-subj", "/CN=localhost", "-out", file("request.pem"));
  writeFileSync(file("names"), "subjectAltName=DNS:localhost\n");
  const by = ["-CA", ca, "-CAkey", caKey, "-CAserial", file("serial"), "-CAcreateserial", "-extfile", file("names")];
  openssl("x509", "-req", "-in", file("request.pem"), ...by, "-days", "1", "-out", file("certificate.pem"));
  const made = { key: readFileSync(file("key.pem")), cert: readFileSync(file("certificate.pem")) };
  rmSync(folder, { recursive: true });
  return made;
}

function signingKeys() {
  const pairs = {
    ES256: generateKeyPairSync("ec", { namedCurve: "P-256" }),
    RS256: generateKeyPairSync("rsa", { modulusLength: 2048 }),
  };
  return Object.entries(pairs).map(([alg, { privateKey }]) => ({ ...privateKey.export({ format: "jwk" }), alg, use: "sig", kid: alg }));
}

const server = createServer(certificate());
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const { port } = server.address();

const provider = new Provider(`https://localhost:${port}`, {
  clients: [
    {
      client_id: CLIENT.id,
      client_secret: CLIENT.secret,
      token_endpoint_auth_method: "client_secret_post",
      grant_types: ["client_credentials", "authorization_code", "refresh_token"],
      redirect_uris: ["https://localhost/callback"],
    },
  ],
  jwks: { keys: signingKeys() },
  cookies: { keys: [randomUUID()] },
  rotateRefreshToken: false,
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo: (_, name) => {
        const alg = ["ES256", "RS256"].find((algorithm) => resource(algorithm) === name);
        return { scope: SCOPE, accessTokenFormat: "jwt", accessTokenTTL: 3600, jwt: { sign: { alg } } };
      },
    },
  },
  ttl: { Grant: 86_400, RefreshToken: 86_400, ClientCredentials: 3600 },
});
server.on("request", provider.callback());

async function refreshToken(algorithm) {
  const client = await provider.Client.find(CLIENT.id);
  const accountId = "somebody";
  const grant = new provider.Grant({ accountId, clientId: CLIENT.id });
  grant.addResourceScope(resource(algorithm), SCOPE);
  grant.addOIDCScope("offline_access");
  const granted = { accountId, client, grantId: await grant.save(), gty: "authorization_code", scope: `offline_access ${SCOPE}` };
  return new provider.RefreshToken({ ...granted, resource: resource(algorithm), authTime: Math.floor(Date.now() / 1000) }).save();
}

const refreshTokens = { ES256: await refreshToken("ES256"), RS256: await refreshToken("RS256") };
const resources = { ES256: resource("ES256"), RS256: resource("RS256") };
console.log(JSON.stringify({ port, client: CLIENT, scope: SCOPE, resources, refreshTokens }));
