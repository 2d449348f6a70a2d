// Every page with sample texts, in every look.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { isAccessible } from "./axe.mjs";
import { Browser, startDriver } from "./browser.mjs";

const folder = await mkdtemp(join(tmpdir(), "tollgate-gallery-"));
const gallery = ["run", "--quiet", "--package", "pages", "--example", "gallery", "--", folder];
await promisify(execFile)("cargo", gallery);

/** The look with long texts has a logo that nobody serves. */
const ABSENT_LOGO = "http://127.0.0.1:9/logo.svg";

let driver;
let browser;
before(async () => {
  driver = await startDriver();
  browser = await Browser.open(driver);
});
after(async () => {
  await browser?.close();
  await driver?.stop();
  await rm(folder, { recursive: true });
});

for (const file of await readdir(folder)) {
  test(`${file} is accessible`, async () => {
    await browser.go(`file://${join(folder, file)}`);
    await browser.run("for (const part of document.querySelectorAll('details')) part.open = true");
    await isAccessible(browser, `gallery/${file.replace(".html", "")}`);
    const complaints = (await browser.complaints()).filter((line) => !line.startsWith(ABSENT_LOGO));
    assert.deepEqual(complaints, []);
  });
}
