// A whole Tollgate on a free port, and an application that sends people to it.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { stop } from "./browser.mjs";

const target = process.env.CARGO_TARGET_DIR ?? new URL("../../target", import.meta.url).pathname;
const configuration = new URL("configuration.yaml", import.meta.url).pathname;

export const PASSWORD = "correct horse battery staple";

/** Starts `tollgate dev`; gives its URL and how to end it. */
export async function startTollgate() {
  const environment = { ...process.env, ALICE_PASSWORD: PASSWORD };
  const program = spawn(`${target}/debug/tollgate`, ["dev", "--config", configuration, "--port", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
    env: environment,
  });
  for await (const line of createInterface({ input: program.stdout })) {
    const url = /^tollgate ready on (\S+)/.exec(line)?.[1];
    if (url) {
      program.stdout.resume();
      return { url, stop: () => stop(program) };
    }
  }
  throw new Error("tollgate ended before it was ready");
}

/** An application with a callback, which knows what it was answered last. */
export class Application {
  static async start(tollgate, clientId) {
    const application = new Application(tollgate, clientId);
    application.server = createServer((request, response) => application.#called(request, response));
    application.server.listen(0, "127.0.0.1");
    await once(application.server, "listening");
    return application;
  }

  constructor(tollgate, clientId) {
    this.tollgate = tollgate;
    this.clientId = clientId;
  }

  stop = () => this.server.close();

  get callback() {
    return `http://127.0.0.1:${this.server.address().port}/callback`;
  }

  /** Where it sends a browser that is to give it access. */
  request(scope) {
    this.state = randomBytes(16).toString("base64url");
    this.answer = undefined;
    return authorizationUrl(this.tollgate, this.clientId, {
      redirect_uri: this.callback,
      scope,
      state: this.state,
      ...this.challenge(),
    });
  }

  /** The same, pushed before (RFC 9126). */
  async pushed(scope) {
    const body = new URL(this.request(scope)).searchParams;
    const answer = await fetch(`${this.tollgate.url}/oauth2/par`, { method: "POST", body });
    assert.equal(answer.status, 201);
    const { request_uri } = await answer.json();
    return authorizationUrl(this.tollgate, this.clientId, { request_uri });
  }

  /** The parameters of PKCE. */
  challenge() {
    this.verifier = randomBytes(32).toString("base64url");
    return { code_challenge: createHash("sha256").update(this.verifier).digest("base64url"), code_challenge_method: "S256" };
  }

  /** The answer that the browser brought, which must be Tollgate's to the last request. */
  brought() {
    assert.ok(this.answer, "nobody came back");
    assert.equal(this.answer.get("state"), this.state);
    assert.equal(this.answer.get("iss"), this.tollgate.url);
    return this.answer;
  }

  /** What the token endpoint gives for the code that the browser brought. */
  async redeemed() {
    const form = new URLSearchParams({
      grant_type: "authorization_code",
      code: this.brought().get("code"),
      redirect_uri: this.callback,
      client_id: this.clientId,
      code_verifier: this.verifier,
    });
    const answer = await fetch(`${this.tollgate.url}/oauth2/token`, { method: "POST", body: form });
    assert.equal(answer.status, 200);
    return answer.json();
  }

  #called(request, response) {
    const url = new URL(request.url, this.callback);
    if (url.pathname === "/callback") this.answer = url.searchParams;
    response.setHeader("content-type", "text/html");
    response.end("<!doctype html><title>Back at the application</title>");
  }
}

/** An authorization request. */
export function authorizationUrl(tollgate, clientId, parameters) {
  const query = new URLSearchParams({ response_type: "code", client_id: clientId, ...parameters });
  return `${tollgate.url}/oauth2/authorize?${query}`;
}
