// A headless Chromium, driven through chromedriver by the WebDriver protocol.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { createInterface } from "node:readline";

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

/** Starts chromedriver on a port of its choice. */
export async function startDriver() {
  const program = spawn("chromedriver", ["--port=0"], { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: program.stdout })) {
    const port = /successfully on port (\d+)/.exec(line)?.[1];
    if (port) {
      program.stdout.resume();
      return { url: `http://127.0.0.1:${port}`, stop: () => stop(program) };
    }
  }
  throw new Error("chromedriver ended before it listened");
}

/** Ends a program and waits for its end. */
export async function stop(program) {
  if (program.exitCode !== null || program.signalCode !== null) return;
  program.kill();
  await once(program, "exit");
}

/** One browser with its own cookies. */
export class Browser {
  static async open(driver) {
    const args = ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars"];
    const options = { "goog:chromeOptions": { args }, "goog:loggingPrefs": { browser: "ALL" } };
    const { sessionId } = await call(`${driver.url}/session`, { capabilities: { alwaysMatch: options } });
    return new Browser(`${driver.url}/session/${sessionId}`);
  }

  constructor(session) {
    this.session = session;
  }

  close = () => call(this.session, undefined, "DELETE");
  go = (url) => call(`${this.session}/url`, { url });
  url = () => call(`${this.session}/url`);
  title = () => call(`${this.session}/title`);
  run = (script, ...args) => call(`${this.session}/execute/sync`, { script, args });
  text = () => this.run("return document.body.innerText");
  forgetCookies = () => call(`${this.session}/cookie`, undefined, "DELETE");
  cookies = () => call(`${this.session}/cookie`);
  addCookie = (cookie) => call(`${this.session}/cookie`, { cookie });

  /** What the browser complained of since the last question. */
  complaints = async () => (await call(`${this.session}/se/log`, { type: "browser" })).map((line) => line.message);

  async find(selector) {
    const found = await call(`${this.session}/element`, { using: "css selector", value: selector });
    return found[ELEMENT];
  }

  click = async (selector) => call(`${this.session}/element/${await this.find(selector)}/click`, {});

  /** Clicks, and waits for the page that this leads to. */
  async follow(selector) {
    await this.run("window.isBefore = true");
    await this.click(selector);
    await this.until(() => this.run("return window.isBefore === undefined && document.readyState === 'complete'"));
  }

  /** Clicks twice, as fast as the browser takes it. */
  async doubleClick(selector) {
    const origin = { [ELEMENT]: await this.find(selector) };
    const click = [{ type: "pointerDown", button: 0 }, { type: "pointerUp", button: 0 }];
    const actions = [{ type: "pointerMove", origin, x: 0, y: 0 }, ...click, ...click];
    await call(`${this.session}/actions`, { actions: [{ type: "pointer", id: "mouse", actions }] });
  }

  /** Waits for something to become true. */
  async until(isTrue) {
    for (const started = Date.now(); !(await isTrue()); ) {
      if (Date.now() - started > 20_000) throw new Error(`never true: ${isTrue}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  tab = () => call(`${this.session}/window`);
  toTab = (handle) => call(`${this.session}/window`, { handle });

  /** Opens a tab and goes there. */
  async openTab() {
    const { handle } = await call(`${this.session}/window/new`, { type: "tab" });
    await this.toTab(handle);
    return handle;
  }

  /** Replaces the text of a field. */
  async type(selector, text) {
    const element = `${this.session}/element/${await this.find(selector)}`;
    await call(`${element}/clear`, {});
    await call(`${element}/value`, { text });
  }

  /** The width in CSS pixels, and the scheme that the person prefers: light or dark. */
  async look(width, scheme) {
    const metrics = { width, height: width < 600 ? 844 : 800, deviceScaleFactor: width < 600 ? 2 : 1, mobile: width < 600 };
    await this.#devtools("Emulation.setDeviceMetricsOverride", metrics);
    const features = [{ name: "prefers-color-scheme", value: scheme }, { name: "prefers-reduced-motion", value: "reduce" }];
    await this.#devtools("Emulation.setEmulatedMedia", { features });
  }

  /** Writes a picture of the whole page. */
  async picture(file) {
    const { data } = await this.#devtools("Page.captureScreenshot", { captureBeyondViewport: true });
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, Buffer.from(data, "base64"));
  }

  #devtools = (cmd, params) => call(`${this.session}/goog/cdp/execute`, { cmd, params });
}

async function call(url, body, method = body ? "POST" : "GET") {
  const answer = await fetch(url, { method, body: body && JSON.stringify(body) });
  const { value } = await answer.json();
  if (!answer.ok) throw new Error(`${value.error}: ${value.message.split("\n")[0]}`);
  return value;
}
