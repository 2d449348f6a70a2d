// Whether people with disabilities can use a page: what axe-core finds, and whether it fits.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const PICTURES = new URL("../../target/screenshots/", import.meta.url).pathname;
const source = await readFile(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

/** What is looked at: a desktop, a phone, and the narrowest window that WCAG 2.2 knows (1.4.10). */
const WIDTHS = [1280, 390, 320];
const SCHEMES = ["light", "dark"];

/** The page that the browser shows has no violation in any width and scheme, and a picture of each is kept. */
export async function isAccessible(browser, name) {
  for (const width of WIDTHS) {
    for (const scheme of SCHEMES) {
      await browser.look(width, scheme);
      if (width !== 320) await browser.picture(`${PICTURES}${name}-${width}-${scheme}.png`);
      assert.deepEqual(await violations(browser), [], `${name} at ${width} pixels, ${scheme}`);
      const wide = await browser.run("return document.documentElement.scrollWidth");
      assert.ok(wide <= width, `${name} is ${wide} pixels wide in a window of ${width}`);
    }
  }
  await browser.look(WIDTHS[0], SCHEMES[0]);
}

async function violations(browser) {
  await browser.run(source);
  const { violations } = await browser.run("return axe.run({ runOnly: arguments[0] })", RULES);
  return violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map((node) => node.html) }));
}
