// A whole Tollgate on a free port, a service behind it, and a person who allows what applications ask for.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const target = process.env.CARGO_TARGET_DIR ?? new URL("../../../target", import.meta.url).pathname;

export const CALLBACK = "https://client.example/callback";
export const PASSWORD = "correct horse battery staple";
export const SECRET = "tgs_secret+of/the:client~of the%tests";

/** Starts `tollgate dev` for clients of which one has this public key; gives its URL and how to end it. */
export async function startTollgate(publicKey) {
  const backend = createServer((_, response) => response.end("served")).listen(0, "127.0.0.1");
  await once(backend, "listening");
  const text = await readFile(new URL("../configuration.yaml", import.meta.url), "utf8");
  const folder = await mkdtemp(join(tmpdir(), "tollgate-clients-"));
  const file = join(folder, "configuration.yaml");
  const address = `http://127.0.0.1:${backend.address().port}`;
  await writeFile(file, text.replace("PUBLIC_KEY", JSON.stringify(publicKey)).replace("BACKEND", address));

  const program = spawn(`${target}/debug/tollgate`, ["dev", "--config", file, "--port", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ALICE_PASSWORD: PASSWORD, CLIENT_SECRET: SECRET },
  });
  const stop = async () => {
    backend.close();
    program.kill();
    if (program.exitCode === null && program.signalCode === null) await once(program, "exit");
    await rm(folder, { recursive: true });
  };
  for await (const line of createInterface({ input: program.stdout })) {
    const url = /^tollgate ready on (\S+)/.exec(line)?.[1];
    if (url) {
      program.stdout.resume();
      return { url, stop };
    }
  }
  await stop();
  throw new Error("tollgate ended before it was ready");
}

/** Goes where an application sends a person, signs in, allows it, and gives the URL at the application where that ends. */
export async function allow(request) {
  const browser = new Browser();
  let page = await browser.go(request);
  for (const fields of [{ username: "alice", password: PASSWORD }, { decision: "allow" }]) {
    if (page.text) page = await browser.submit(page, fields);
  }
  assert.equal(page.text, undefined, "the pages end at the application");
  return page.url;
}

/** A browser without JavaScript: it has cookies, follows redirects on the server, and sends forms. */
class Browser {
  #cookies = new Map();

  async go(url, form) {
    url = new URL(url);
    const { origin } = url;
    let answer = await this.#ask(url, form);
    while (answer.status === 303) {
      url = new URL(answer.headers.get("location"), url);
      if (url.origin !== origin) return { url };
      answer = await this.#ask(url);
    }
    const text = await answer.text();
    assert.equal(answer.status, 200, text);
    return { url, text };
  }

  /** Sends the last form of a page with its hidden fields and these. */
  submit({ url, text }, fields) {
    const [, form] = /.*<form ([^]*?)<\/form>/s.exec(text);
    const hidden = form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g);
    const named = [...hidden].map(([, name, value]) => [name, plain(value)]);
    const [, action] = /action="([^"]*)"/.exec(form);
    return this.go(new URL(plain(action), url), new URLSearchParams([...named, ...Object.entries(fields)]));
  }

  async #ask(url, body) {
    const cookie = [...this.#cookies].map((pair) => pair.join("=")).join("; ");
    const answer = await fetch(url, { method: body ? "POST" : "GET", body, headers: { cookie }, redirect: "manual" });
    for (const set of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]*)=([^;]*)/.exec(set);
      this.#cookies.set(name, value);
    }
    return answer;
  }
}

const plain = (text) => text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code)).replaceAll("&amp;", "&");
