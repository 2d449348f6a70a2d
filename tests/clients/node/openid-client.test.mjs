// openid-client, as its documentation has it used.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as client from "openid-client";
import { CALLBACK, PASSWORD, SECRET, allow, startTollgate } from "./tollgate.mjs";

let tollgate, keys;

before(async () => {
  keys = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  tollgate = await startTollgate(await crypto.subtle.exportKey("jwk", keys.publicKey));
});
after(() => tollgate.stop());

const CLIENTS = {
  "client_secret_basic": ["confidential", () => client.ClientSecretBasic(SECRET)],
  "client_secret_post": ["confidential", () => client.ClientSecretPost(SECRET)],
  "private_key_jwt": ["keyed", () => client.PrivateKeyJwt(keys.privateKey)],
  "none": ["public", () => client.None()],
};

for (const method of Object.keys(CLIENTS)) {
  test(`${method}: code with PKCE, refresh, revoke`, async () => {
    const config = await discover(method);
    const { url, checks } = await request(config, client.buildAuthorizationUrl);
    const tokens = await client.authorizationCodeGrant(config, await allow(url), checks);
    assert.equal(tokens.scope, "orders.read orders.write");
    assert.equal(await call(config, tokens), 200);

    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token, { scope: "orders.read" });
    assert.equal(refreshed.scope, "orders.read");
    assert.equal(await call(config, refreshed), 200);

    await client.tokenRevocation(config, refreshed.refresh_token);
    assert.equal(await call(config, refreshed), 401);
    await assert.rejects(client.refreshTokenGrant(config, refreshed.refresh_token), { error: "invalid_grant" });
  });

  test(`${method}: a pushed request, of which the browser sees only a name`, async () => {
    const config = await discover(method);
    const { url, checks } = await request(config, client.buildAuthorizationUrlWithPAR);
    assert.deepEqual([...url.searchParams.keys()].sort(), ["client_id", "request_uri"]);
    const tokens = await client.authorizationCodeGrant(config, await allow(url), checks);
    assert.equal(await call(config, tokens), 200);
  });

  if (method === "none") continue;

  test(`${method}: client credentials, and introspection before and after revocation`, async () => {
    const config = await discover(method);
    const tokens = await client.clientCredentialsGrant(config, { scope: "orders.read" });
    const told = await client.tokenIntrospection(config, tokens.access_token);
    assert.equal(told.active, true);
    assert.equal(told.client_id, CLIENTS[method][0]);
    assert.equal(told.scope, "orders.read");
    await client.tokenRevocation(config, tokens.access_token);
    assert.deepEqual(await client.tokenIntrospection(config, tokens.access_token), { active: false });
  });
}

test("the password grant, which service and client have switched on", async () => {
  const config = await discover("client_secret_basic");
  const parameters = { username: "alice", password: PASSWORD, scope: "orders.read" };
  const tokens = await client.genericGrantRequest(config, "password", parameters);
  assert.equal(await call(config, tokens), 200);
  const wrong = client.genericGrantRequest(config, "password", { ...parameters, password: "wrong" });
  await assert.rejects(wrong, { error: "invalid_grant" });
});

test("an answer of another server, or of nobody, is not taken", async () => {
  const config = await discover("none");
  const { url, checks } = await request(config, client.buildAuthorizationUrl);
  const answer = await allow(url);
  const judged = () => client.authorizationCodeGrant(config, answer, checks);
  const isOfIssuer = (error) => /"iss" \(issuer\)/.test(error.cause.message);
  answer.searchParams.set("iss", "https://other.example");
  await assert.rejects(judged, isOfIssuer);
  answer.searchParams.delete("iss");
  await assert.rejects(judged, isOfIssuer);
  answer.searchParams.set("iss", tollgate.url);
  assert.ok((await judged()).access_token);
});

/** The server's metadata, and one of its clients. */
function discover(method) {
  const [clientId, authentication] = CLIENTS[method];
  const options = { algorithm: "oauth2", execute: [client.allowInsecureRequests] };
  return client.discovery(new URL(tollgate.url), clientId, undefined, authentication(), options);
}

/** An authorization request, and what its answer has to agree with. */
async function request(config, build) {
  const checks = { pkceCodeVerifier: client.randomPKCECodeVerifier(), expectedState: client.randomState() };
  const url = await build(config, {
    redirect_uri: CALLBACK,
    scope: "orders.read orders.write",
    state: checks.expectedState,
    code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: "S256",
  });
  return { url, checks };
}

/** The status of a call of the service with a token. */
async function call(config, { access_token }) {
  const url = new URL("/orders/1", tollgate.url);
  try {
    return (await client.fetchProtectedResource(config, access_token, url, "GET")).status;
  } catch (error) {
    return error.status;
  }
}
