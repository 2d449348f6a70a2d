// The ways through the pages, each on a Tollgate of its own.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { isAccessible } from "./axe.mjs";
import { Browser, startDriver } from "./browser.mjs";
import { Application, PASSWORD, authorizationUrl, startTollgate } from "./tollgate.mjs";

const BACK = "Back at the application";
const CONSENT = "Allow access · Tollgate";
const NEW_PASSWORD = "through the looking-glass";
const LOGIN = "Sign in · Tollgate";

let driver, tollgate, ledger, browser;

before(async () => {
  driver = await startDriver();
});
after(() => driver.stop());
beforeEach(async () => {
  tollgate = await startTollgate();
  ledger = await Application.start(tollgate, "ledger");
  browser = await Browser.open(driver);
});
afterEach(async () => {
  const complaints = (await browser.complaints()).filter((line) => !/the server responded with a status of/.test(line));
  await browser.close();
  ledger.stop();
  await tollgate.stop();
  assert.deepEqual(complaints, []);
});

test("login, consent, and back to the application", async () => {
  await browser.go(ledger.request("orders.read"));
  assert.equal(await browser.title(), LOGIN);
  assert.equal(await focused(), "username");
  await isAccessible(browser, "login");

  await signIn();
  assert.equal(await browser.title(), CONSENT);
  const text = (await browser.text()).replaceAll(/\s+/g, " ");
  for (const said of [
    "Ledger for iPhone asks for access",
    "ledger.example.com",
    "See your orders orders.read",
    "Signed in as Alice Keller",
    "You go back to 127.0.0.1",
    "terms of service (in a new tab) and privacy policy (in a new tab)",
  ]) {
    assert.ok(text.includes(said), `${said} in ${text}`);
  }
  await isAccessible(browser, "consent");

  await browser.follow("button[value=allow]");
  assert.equal(await browser.title(), BACK);
  const token = await ledger.redeemed();
  assert.equal(token.scope, "orders.read");
});

test("on a phone", async () => {
  await browser.look(390, "dark");
  await browser.go(ledger.request("orders.read"));
  await signIn();
  await browser.follow("button[value=allow]");
  assert.equal(await browser.title(), BACK);
  assert.ok(ledger.brought().has("code"));
});

test("a program that nothing proves is asked for again, and of more only what is new is", async () => {
  await allow("orders.read");
  await browser.go(ledger.request("orders.read"));
  assert.equal(await browser.title(), CONSENT);
  await isAccessible(browser, "consent-again");
  await browser.follow("button[value=allow]");
  assert.equal(await browser.title(), BACK);
  assert.ok(ledger.brought().has("code"));

  await browser.go(ledger.request("orders.read orders.write"));
  assert.equal(await browser.title(), CONSENT);
  assert.deepEqual(await texts("main > ul code"), ["orders.write"]);
  await browser.click("summary");
  assert.deepEqual(await texts("details code"), ["orders.read"]);
  await isAccessible(browser, "consent-more");
});

test("two services are asked about on one page, each for what is new there", async () => {
  const books = await Application.start(tollgate, "books");
  const ask = (scope) => browser.go(books.request(scope).replace("/oauth2/authorize", "/api/oauth/authorize"));
  await ask("orders.read");
  await signIn();
  await browser.follow("button[value=allow]");

  await ask("orders.read,orders.write,invoices.read");
  assert.equal(await browser.title(), CONSENT);
  assert.deepEqual(await texts("main > h2"), ["orders", "invoices"]);
  assert.deepEqual(await texts("main > ul code"), ["orders.write", "invoices.read"]);
  await browser.click("summary");
  assert.deepEqual(await texts("details h2, details code"), ["orders", "orders.read"]);
  await isAccessible(browser, "consent-several");
  await browser.follow("button[value=allow]");
  assert.equal((await books.redeemed()).scope, "orders.read orders.write invoices.read");
  books.stop();
});

test("who says no is sent back with that", async () => {
  await browser.go(ledger.request("orders.read"));
  await signIn();
  await browser.follow("button[value=deny]");
  assert.equal(await browser.title(), BACK);
  assert.equal(ledger.brought().get("error"), "access_denied");
  assert.ok(!ledger.brought().has("code"));
});

test("a wrong password is told without a word about who exists", async () => {
  await browser.go(ledger.request("orders.read"));
  const told = [];
  for (const username of ["nobody", "alice"]) {
    await signIn({ username, password: "wrong" });
    assert.equal(await browser.title(), `Error: ${LOGIN}`);
    assert.equal(await focused(), "password");
    told.push(...(await texts("[role=alert]")));
  }
  assert.match(told[0], /username or the password is wrong/);
  assert.equal(told[0], told[1]);
  await isAccessible(browser, "login-wrong");

  await browser.click("[role=alert] a[href='#username']");
  assert.equal(await focused(), "username");
  await signIn();
  assert.equal(await browser.title(), CONSENT);
});

test("after too many wrong passwords the page says how long to wait", async () => {
  await browser.go(ledger.request("orders.read"));
  for (let attempt = 0; attempt <= 10; attempt++) await signIn({ password: "wrong" });
  await signIn();
  assert.match((await texts("[role=alert]"))[0], /Too many attempts\s+Wait \d+ (second|minute)s?/);
  await isAccessible(browser, "login-too-many");
});

test("a session that is over leads to the login, and from there on", async () => {
  await browser.go(ledger.request("orders.read"));
  await signIn();
  const consent = await browser.url();
  const [cookie] = await browser.cookies();
  await signOut();
  await browser.addCookie(cookie);

  await browser.go(consent);
  assert.equal(await browser.title(), LOGIN);
  await signIn();
  assert.equal(await browser.title(), CONSENT);
  await browser.follow("button[value=allow]");
  assert.ok(ledger.brought().has("code"));
});

test("a session that ends while the question is open leads to the login", async () => {
  await browser.go(ledger.request("orders.read"));
  await signIn();
  assert.equal((await postUnseen(`${tollgate.url}/oauth2/logout`)).status, 303);

  await browser.follow("button[value=allow]");
  assert.equal(await browser.title(), LOGIN);
  assert.match(await browser.text(), /Your session has ended/);
  await isAccessible(browser, "login-session-ended");
  await signIn();
  await browser.follow("button[value=allow]");
  assert.ok(ledger.brought().has("code"));
});

test("a login page that was left in a second tab leads on", async () => {
  await browser.go(ledger.request("orders.read"));
  const first = await browser.tab();
  const second = await browser.openTab();
  await browser.go(ledger.request("orders.read"));
  await signIn();
  assert.equal(await browser.title(), CONSENT);

  await browser.toTab(first);
  assert.equal(await browser.title(), LOGIN);
  await signIn({ password: "whatever stands there" });
  assert.equal(await browser.title(), CONSENT);

  await browser.toTab(second);
  await browser.follow("button[value=allow]");
  assert.ok(ledger.brought().has("code"));
});

test("a login page from before a logout in a second tab asks again", async () => {
  await browser.go(ledger.request("orders.read"));
  const first = await browser.tab();
  await browser.openTab();
  await browser.go(`${tollgate.url}/oauth2/login`);
  await browser.forgetCookies();
  await browser.go(`${tollgate.url}/oauth2/login`);

  await browser.toTab(first);
  await signIn();
  assert.equal(await browser.title(), LOGIN);
  assert.match(await browser.text(), /in another tab/);
  await isAccessible(browser, "login-outdated");
  await signIn();
  assert.equal(await browser.title(), CONSENT);
});

test("a double click gives access once", async () => {
  await browser.go(ledger.request("orders.read"));
  await signIn();
  await browser.doubleClick("button[value=allow]");
  await browser.until(async () => (await browser.title()) === BACK);
  assert.equal((await ledger.redeemed()).scope, "orders.read");
});

test("of a request that was pushed the first answer counts, and the second is told so", async () => {
  await browser.go(await ledger.pushed("orders.read"));
  await signIn();
  const first = await postUnseen(await browser.run("return document.querySelector('.choice').action"), { decision: "allow" });
  assert.equal(first.status, 303);
  await browser.follow("button[value=allow]");
  assert.equal(await browser.title(), "This request is over · Tollgate");
  assert.match(await browser.text(), /your first answer counts/);
  await isAccessible(browser, "error-request-is-over");
});

test("what changes while the question is open is asked again", async () => {
  await browser.go(ledger.request("orders.read"));
  await signIn();
  await browser.run("document.querySelector('[name=shown]').value = 'of yesterday'");
  await browser.follow("button[value=allow]");
  assert.equal(await browser.title(), CONSENT);
  assert.match(await browser.text(), /This has changed/);
  await isAccessible(browser, "consent-changed");
  await browser.follow("button[value=allow]");
  assert.ok(ledger.brought().has("code"));
});

test("a form of a browser that lost its cookie leads to the login, and from there on", async () => {
  await browser.go(ledger.request("orders.read"));
  await browser.forgetCookies();
  await signIn();
  assert.equal(await browser.title(), LOGIN);
  assert.match(await browser.text(), /lost the cookie of this page/);
  await isAccessible(browser, "login-without-cookie");
  await signIn();
  await browser.forgetCookies();
  await browser.follow("button[value=allow]");
  assert.equal(await browser.title(), LOGIN);
  assert.equal(ledger.answer, undefined);
  await signIn();
  await browser.follow("button[value=allow]");
  assert.ok(ledger.brought().has("code"));
});

test("a question from before a login in a second tab is asked anew", async () => {
  await browser.go(ledger.request("orders.read"));
  await signIn();
  const first = await browser.tab();
  await browser.openTab();
  await browser.go(`${tollgate.url}/oauth2/login`);
  await signIn();

  await browser.toTab(first);
  await browser.follow("button[value=allow]");
  assert.equal(await browser.title(), CONSENT);
  assert.match(await browser.text(), /See who is signed in, and answer here/);
  await isAccessible(browser, "consent-outdated");
  await browser.follow("button[value=allow]");
  assert.ok(ledger.brought().has("code"));
});

test("a form of another site is refused and leaves the session alone", async () => {
  await browser.go(`${tollgate.url}/oauth2/login`);
  await signIn();
  const [before] = await browser.cookies();
  await browser.go(`data:text/html,<form method=post action="${tollgate.url}/oauth2/login"><button>Win</button></form>`);
  await browser.follow("button");
  assert.match(await browser.text(), /This form cannot be accepted/);
  await isAccessible(browser, "error-foreign-form");
  const [after] = await browser.cookies();
  assert.equal(after.value, before.value);
});

test("without a callback the code is shown to be copied", async () => {
  await browser.go(authorizationUrl(tollgate, "printer", { scope: "orders.read", ...ledger.challenge() }));
  await signIn();
  await browser.follow("button[value=allow]");
  assert.equal(await browser.title(), "Your code · Tollgate");
  assert.match(await browser.run("return document.querySelector('textarea').value"), /^tgc_[\w-]{64}$/);
  assert.equal(await focused(), "code");
  await isAccessible(browser, "code");
});

test("an unknown application gets no redirect but a page", async () => {
  const request = new URL(ledger.request("orders.read"));
  request.searchParams.set("client_id", "unknown");
  await browser.go(request.href);
  assert.match(await browser.text(), /What you can do/);
  assert.equal(ledger.answer, undefined);
  await isAccessible(browser, "error-unknown-client");
});

test("what was allowed is on the account page and can be removed there", async () => {
  await browser.go(`${tollgate.url}/oauth2/account`);
  assert.equal(await browser.title(), LOGIN);
  await isAccessible(browser, "login-account");
  await signIn();
  assert.match(await browser.text(), /No application has access/);
  await isAccessible(browser, "account-empty");

  await browser.go(ledger.request("orders.read"));
  await browser.follow("button[value=allow]");
  await browser.go(`${tollgate.url}/oauth2/account`);
  assert.deepEqual(await texts("h2"), ["Ledger for iPhone"]);
  assert.deepEqual(await texts(".chip"), ["orders"]);
  assert.deepEqual(await texts("dd p"), ["See your orders orders.read"]);
  await isAccessible(browser, "account");

  await browser.click("summary");
  await isAccessible(browser, "account-removing");
  await browser.follow("button.danger");
  assert.match(await browser.text(), /Ledger for iPhone no longer has access/);
  assert.deepEqual(await texts("h2"), []);

  await browser.go(ledger.request("orders.read"));
  assert.equal(await browser.title(), CONSENT);
});

test("another password is chosen on the account page and ends what was allowed", async () => {
  await allow("orders.read");
  await browser.go(`${tollgate.url}/oauth2/account`);
  await browser.follow("main a");
  assert.equal(await browser.title(), "Change password · Tollgate");
  assert.equal(await focused(), "current");
  await isAccessible(browser, "password");

  await changePassword("wrong", NEW_PASSWORD);
  assert.match((await texts("[role=alert]"))[0], /The current password is wrong/);
  await isAccessible(browser, "password-wrong");
  await changePassword(PASSWORD, NEW_PASSWORD, "something else");
  assert.match((await texts("[role=alert]"))[0], /typed in two ways/);
  assert.equal(await focused(), "new");
  await isAccessible(browser, "password-different");

  await changePassword(PASSWORD, NEW_PASSWORD);
  assert.match(await browser.text(), /Your password is changed/);
  assert.match(await browser.text(), /No application has access/);
  await isAccessible(browser, "account-password-changed");
  await signOut();
  await browser.go(ledger.request("orders.read"));
  await signIn();
  assert.equal(await browser.title(), `Error: ${LOGIN}`);
  await signIn({ password: NEW_PASSWORD });
  assert.equal(await browser.title(), CONSENT);
});

test("who signed out has to sign in again", async () => {
  await allow("orders.read");
  await signOut();
  assert.equal(await browser.title(), "Signed out · Tollgate");
  await isAccessible(browser, "signed-out");
  await browser.go(ledger.request("orders.read"));
  assert.equal(await browser.title(), LOGIN);
});

test("the address of the logout asks who is signed in", async () => {
  await allow("orders.read");
  await browser.go(`${tollgate.url}/oauth2/logout`);
  assert.equal(await browser.title(), "Sign out · Tollgate");
  await isAccessible(browser, "sign-out");
  await browser.follow("main button");
  assert.equal(await browser.title(), "Signed out · Tollgate");
});

test("the browser takes the stylesheet and no script", async () => {
  await browser.go(ledger.request("orders.read"));
  assert.equal(await browser.run("return getComputedStyle(document.body).backgroundColor"), "rgb(241, 244, 245)");
  await browser.run("const s = document.createElement('script'); s.text = 'window.ran = 1'; document.body.append(s)");
  assert.equal(await browser.run("return window.ran ?? null"), null);
  assert.match((await browser.complaints()).join(), /violates the following Content Security Policy directive/);
});

async function signIn({ username = "alice", password = PASSWORD } = {}) {
  await browser.type("#username", username);
  await browser.type("#password", password);
  await browser.follow("main button");
}

async function changePassword(current, chosen, again = chosen) {
  await browser.type("#current", current);
  await browser.type("#new", chosen);
  await browser.type("#again", again);
  await browser.follow("main button");
}

async function signOut() {
  await browser.go(`${tollgate.url}/oauth2/account`);
  await browser.follow("header button");
}

async function allow(scope) {
  await browser.go(ledger.request(scope));
  await signIn();
  await browser.follow("button[value=allow]");
  ledger.brought();
}

/** Sends a form of the page as this browser, which does not see the answer. */
async function postUnseen(url, fields = {}) {
  const [cookie] = await browser.cookies();
  const form = await browser.run("return [...new FormData(document.querySelector('main form')).entries()]");
  const body = new URLSearchParams([...form, ...Object.entries(fields)]);
  const headers = { cookie: `${cookie.name}=${cookie.value}` };
  return fetch(url, { method: "POST", headers, body, redirect: "manual" });
}

const focused = () => browser.run("return document.activeElement.id");

const texts = (selector) =>
  browser.run("return [...document.querySelectorAll(arguments[0])].map((found) => found.innerText)", selector);
