// The functions of both sides. An authorizer does what its token says, and notes each call in the file CALLS.
import { appendFileSync } from "node:fs"

const policy = (effect, resource, context) => ({
  principalId: "ada",
  policyDocument: {
    Version: "2012-10-17",
    Statement: [{ Action: "execute-api:Invoke", Effect: effect, Resource: resource }],
  },
  context,
})

const credential = (event) => {
  const headers = event.headers ?? {}
  const text = event.authorizationToken ?? headers.Authorization ?? headers.authorization ?? ""
  return text.replace("Bearer ", "").trim()
}

const fail = (message) => {
  throw new Error(message)
}

const answers = {
  allow: () => policy("Allow", "*", {}),
  context: () => policy("Allow", "*", { number: 7, truth: true }),
  deny: () => policy("Deny", "*", {}),
  elsewhere: () => policy("Allow", "arn:aws:execute-api:*:*:*/*/GET/somewhere/else", {}),
  here: (event) => policy("Allow", event.methodArn ?? event.routeArn, {}),
  keys: (event) => policy("Allow", "*", { keys: Object.keys(event).sort().join(" ") }),
  list: () => policy("Allow", "*", { list: [1] }),
  malformed: () => ({ principalId: "ada" }),
  nobody: () => ({ ...policy("Allow", "*", {}), principalId: undefined }),
  throw: () => fail("store is down"),
  unauthorized: () => fail("Unauthorized"),
  simple: () => ({ isAuthorized: true }),
  refuse: () => ({ isAuthorized: false }),
  text: () => ({ isAuthorized: "false" }),
  nested: () => ({ isAuthorized: true, context: { deep: { list: [1] }, number: 7 } }),
  // Only this path is allowed: a verdict kept for the whole key opens the others.
  path: (event) => ({ isAuthorized: event.rawPath.endsWith("/one") }),
}

export const authorizer = async (event) => {
  appendFileSync(process.env.CALLS, ".")
  return (answers[credential(event)] ?? answers.deny)(event)
}

export const echo = async (event) => ({ statusCode: 200, body: JSON.stringify(event) })
export const challenge = async () => ({ statusCode: 401, headers: { "WWW-Authenticate": "Basic" }, body: "" })
export const crash = async () => fail("boom")
export const nonsense = async () => ({ body: { no: "text" } })
export const plain = async () => ({ hello: 1 })
