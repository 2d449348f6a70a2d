// oauth4webapi: what openid-client is built on, with RFC 9728 besides.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as oauth from "oauth4webapi";
import { CALLBACK, SECRET, allow, startTollgate } from "./tollgate.mjs";

const INSECURE = { [oauth.allowInsecureRequests]: true };
const CLIENT = { client_id: "confidential" };
const AUTHENTICATION = oauth.ClientSecretBasic(SECRET);

let tollgate, orders, server;

before(async () => {
  const { publicKey } = await oauth.generateKeyPair("ES256", { extractable: true });
  tollgate = await startTollgate(await crypto.subtle.exportKey("jwk", publicKey));
  orders = new URL("/orders", tollgate.url);
  server = await discover(tollgate.url);
});
after(() => tollgate.stop());

test("from a refused call by its challenge to a token that opens the service", async () => {
  const challenged = await oauth.protectedResourceRequest("unknown", "GET", orders, undefined, null, INSECURE).then(
    () => assert.fail("nobody knows this token"),
    (error) => error,
  );
  assert.equal(challenged.status, 401);
  const { resource_metadata: found } = challenged.cause[0].parameters;
  const metadata = await oauth.processResourceDiscoveryResponse(orders, await fetch(found));
  const issuer = await discover(metadata.authorization_servers[0]);
  const parameters = { resource: metadata.resource, scope: metadata.scopes_supported[0] };
  const answer = await oauth.clientCredentialsGrantRequest(issuer, CLIENT, AUTHENTICATION, parameters, INSECURE);
  const { access_token: token } = await oauth.processClientCredentialsResponse(issuer, CLIENT, answer);
  const served = await oauth.protectedResourceRequest(token, "GET", orders, undefined, null, INSECURE);
  assert.equal(served.status, 200);
});

test("a pushed request, its code, refresh, introspection and revocation", async () => {
  const [verifier, state] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomState()];
  const parameters = {
    response_type: "code",
    redirect_uri: CALLBACK,
    scope: "orders.read",
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  };
  const pushing = await oauth.pushedAuthorizationRequest(server, CLIENT, AUTHENTICATION, parameters, INSECURE);
  const pushed = await oauth.processPushedAuthorizationResponse(server, CLIENT, pushing);
  const request = new URL(server.authorization_endpoint);
  request.search = new URLSearchParams({ ...CLIENT, request_uri: pushed.request_uri });

  const answer = oauth.validateAuthResponse(server, CLIENT, await allow(request), state);
  const redeeming = [server, CLIENT, AUTHENTICATION, answer, CALLBACK, verifier, INSECURE];
  const redeemed = await oauth.authorizationCodeGrantRequest(...redeeming);
  const first = await oauth.processAuthorizationCodeResponse(server, CLIENT, redeemed);
  assert.equal((await introspected(first.access_token)).sub, "alice");

  const refreshing = [server, CLIENT, AUTHENTICATION, first.refresh_token, INSECURE];
  const second = await oauth.processRefreshTokenResponse(server, CLIENT, await oauth.refreshTokenGrantRequest(...refreshing));
  const revoking = [server, CLIENT, AUTHENTICATION, second.refresh_token, INSECURE];
  await oauth.processRevocationResponse(await oauth.revocationRequest(...revoking));
  for (const { access_token: token } of [first, second]) {
    assert.deepEqual(await introspected(token), { active: false });
  }
});

test("a code that is redeemed twice ends what it gave", async () => {
  const verifier = oauth.generateRandomCodeVerifier();
  const request = new URL(server.authorization_endpoint);
  request.search = new URLSearchParams({
    ...CLIENT,
    response_type: "code",
    redirect_uri: CALLBACK,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  });
  const answer = oauth.validateAuthResponse(server, CLIENT, await allow(request), oauth.expectNoState);
  const redeem = async () => {
    const redeeming = [server, CLIENT, AUTHENTICATION, answer, CALLBACK, verifier, INSECURE];
    const redeemed = await oauth.authorizationCodeGrantRequest(...redeeming);
    return oauth.processAuthorizationCodeResponse(server, CLIENT, redeemed);
  };
  const { access_token: token } = await redeem();
  assert.equal((await introspected(token)).active, true);
  await assert.rejects(redeem, { error: "invalid_grant" });
  assert.deepEqual(await introspected(token), { active: false });
});

async function discover(issuer) {
  const answer = await oauth.discoveryRequest(new URL(issuer), { algorithm: "oauth2", ...INSECURE });
  return oauth.processDiscoveryResponse(new URL(issuer), answer);
}

async function introspected(token) {
  const answer = await oauth.introspectionRequest(server, CLIENT, AUTHENTICATION, token, INSECURE);
  return oauth.processIntrospectionResponse(server, CLIENT, answer);
}
