// Sends every case to the gateway and to serverless-offline, and prints the table. `run` starts it.
import { spawn } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { request } from "node:http"
import { cases } from "./cases.mjs"
import * as documents from "./documents.mjs"
import { serve } from "./invoke.mjs"

const GUIDE = "https://docs.aws.amazon.com/apigateway/latest/developerguide/"
const [INVOKE, REST, HTTP, OFFLINE] = [4100, 4101, 4102, 4103]
const children = []

function start(command, args, ready, calls) {
  const child = spawn(command, args, { env: { ...process.env, CALLS: calls }, detached: true })
  children.push(child)
  return new Promise((resolve, reject) => {
    let said = ""
    const hear = (chunk) => {
      said += chunk
      if (said.includes(ready)) resolve()
    }
    child.stdout.on("data", hear)
    child.stderr.on("data", hear)
    child.on("exit", () => reject(new Error(`${command} ended: ${said}`)))
  })
}

function send(port, { method, path, headers, body }) {
  const length = body === undefined ? {} : { "Content-Length": Buffer.byteLength(body) }
  return new Promise((resolve) => {
    const sent = request({ host: "127.0.0.1", port, method, path, headers: { ...headers, ...length } }, (answer) => {
      let text = ""
      answer.setEncoding("utf8").on("data", (chunk) => (text += chunk))
      answer.on("end", () => resolve({ status: answer.statusCode, headers: answer.headers, body: text }))
    })
    sent.on("error", (error) => resolve({ status: error.code, headers: {}, body: "" }))
    sent.end(body)
  })
}

/** What one side makes of a case, its requests one after the other. */
async function seen({ ask, see }, port, calls) {
  writeFileSync(calls, "")
  const replies = []
  for (const one of ask) replies.push(await send(port, one))
  return see(replies, readFileSync(calls).length)
}

async function rows() {
  const sides = { gateway: `${process.cwd()}/calls.gateway`, offline: `${process.cwd()}/calls.offline` }
  process.env.CALLS = sides.gateway
  serve(INVOKE)
  for (const [kind, port] of [["rest", REST], ["http", HTTP]]) {
    writeFileSync(`${kind}.json`, JSON.stringify(documents[kind]))
    await start(process.env.SERVE, [`${kind}.json`, `http://127.0.0.1:${INVOKE}`, kind, String(port)], "ready", sides.gateway)
  }
  const options = ["offline", "start", "--httpPort", OFFLINE, "--lambdaPort", 4104, "--websocketPort", 4105, "--albPort", 4106]
  await start("node_modules/.bin/serverless", options.map(String), "Server ready", sides.offline)
  const found = []
  for (const one of cases) {
    const gateway = await seen(one, one.api === "REST" ? REST : HTTP, sides.gateway)
    const offline = await seen(one, OFFLINE, sides.offline)
    found.push({ ...one, gateway, offline })
  }
  return found
}

const code = (text) => `\`${String(text).replaceAll("|", "\\|").replaceAll("\n", " ")}\``
const verdict = (row, side) => (row[side] === row.aws ? "the same" : `**${code(row[side])}**`)
const version = (name) => JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version

function document(found) {
  const differs = (side) => found.filter((row) => row[side] !== row.aws).length
  const line = (row) =>
    `| ${row.api} | ${row.says} | [${code(row.aws)}][${row.page}] | ${verdict(row, "gateway")} | ${verdict(row, "offline")} |`
  const pages = [...new Set(found.map((row) => row.page))].sort()
  return `# Who does what AWS documents

The same requests to this gateway (${process.env.GATEWAY}) and to serverless-offline (${version("serverless-offline")}, in serverless ${version("serverless")}), both around the
same functions, on ${new Date().toISOString().slice(0, 10)} with Node ${process.versions.node}. The third column links the page of AWS's developer guide that
says so; only cases that it decides and that both sides can run are here. *N calls*: how often the authorizer was asked.

Of ${found.length} cases the gateway differs from AWS's documentation in ${differs("gateway")}, serverless-offline in ${differs("offline")}.

| API | case | AWS documents | gateway | serverless-offline |
|---|---|---|---|---|
${found.map(line).join("\n")}

Not compared, because serverless-offline does not run them: gateway responses and the header mappings of HTTP
integrations. Where AWS documents nothing, the [README](README.md#where-aws-is-silent) says what this gateway does.
[compare/](compare/README.md) makes this page.

${pages.map((page) => `[${page}]: ${GUIDE}${page}.html`).join("\n")}`
}

try {
  console.log(document(await rows()))
} finally {
  for (const child of children) process.kill(-child.pid)
}
process.exit()
