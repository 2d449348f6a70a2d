// What is asked, what AWS's documentation says to it, and on which page of the developer guide.
const bearer = (token) => ({ Authorization: `Bearer ${token}` })
const get = (path, headers = {}) => ({ method: "GET", path, headers })
const post = (path, headers, body) => ({ method: "POST", path, headers, body })

const calls = (count) => (count === 1 ? "1 call" : `${count} calls`)
const statuses = (replies, count) => `${replies.map((reply) => reply.status).join(", ")}; ${calls(count)}`
const status = ([reply]) => String(reply.status)
const refused = ([reply]) => (reply.status >= 400 ? "refused" : "accepted")
const challenge = ([reply]) =>
  "www-authenticate" in reply.headers ? "kept" : "x-amzn-remapped-www-authenticate" in reply.headers ? "renamed" : "lost"
const event = (read) => ([reply]) => (reply.status === 200 ? JSON.stringify(read(JSON.parse(reply.body))) : String(reply.status))

const AUTHORIZER = "configure-api-gateway-lambda-authorization"
const INPUT = "api-gateway-lambda-authorizer-input"
const OUTPUT = "api-gateway-lambda-authorizer-output"
const USE = "apigateway-use-lambda-authorizer"
const HTTP_AUTHORIZER = "http-api-lambda-authorizer"
const HTTP_LAMBDA = "http-api-develop-integrations-lambda"
const LAMBDA = "set-up-lambda-proxy-integrations"
const RESPONSES = "supported-gateway-response-types"
const LIMITS = "limits"
const ISSUES = "api-gateway-known-issues"

export const cases = [
  { api: "REST", says: "no identity source", ask: [get("/request/a")], see: statuses, aws: "401; 0 calls", page: USE },
  { api: "REST", says: "an empty identity source", ask: [get("/request/a", { Authorization: "" })], see: statuses, aws: "401; 0 calls", page: USE },
  { api: "REST", says: "one of two identity sources missing", ask: [get("/two/a", bearer("allow"))], see: statuses, aws: "401; 0 calls", page: USE },
  { api: "REST", says: "both identity sources there", ask: [get("/two/a?key=1", bearer("allow"))], see: statuses, aws: "200; 1 call", page: USE },
  { api: "REST", says: "a token that its expression does not match", ask: [get("/token/a", bearer("7"))], see: statuses, aws: "401; 0 calls", page: USE },
  { api: "REST", says: "members of a TOKEN event", ask: [get("/token/a", bearer("keys"))], see: event((it) => it.requestContext.authorizer.keys), aws: '"authorizationToken methodArn type"', page: INPUT },
  { api: "REST", says: "the authorizer throws `Unauthorized`", ask: [get("/request/a", bearer("unauthorized"))], see: statuses, aws: "401; 1 call", page: USE },
  { api: "REST", says: "the authorizer throws anything else", ask: [get("/request/a", bearer("throw"))], see: statuses, aws: "500; 1 call", page: RESPONSES },
  { api: "REST", says: "a Deny", ask: [get("/request/a", bearer("deny"))], see: statuses, aws: "403; 1 call", page: USE },
  { api: "REST", says: "an Allow for another route", ask: [get("/request/a", bearer("elsewhere"))], see: statuses, aws: "403; 1 call", page: USE },
  { api: "REST", says: "an answer without a policy", ask: [get("/request/a", bearer("malformed"))], see: statuses, aws: "500; 1 call", page: RESPONSES },
  { api: "REST", says: "an answer without `principalId`", ask: [get("/request/a", bearer("nobody"))], see: statuses, aws: "500; 1 call", page: RESPONSES },
  { api: "REST", says: "a list in the context", ask: [get("/request/a", bearer("list"))], see: statuses, aws: "500; 1 call", page: OUTPUT },
  { api: "REST", says: "a number and a boolean in the context", ask: [get("/request/a", bearer("context"))], see: event(({ requestContext: { authorizer: { number, truth } } }) => ({ number, truth })), aws: '{"number":"7","truth":"true"}', page: OUTPUT },
  { api: "REST", says: "a second request, TTL 300", ask: [get("/kept/a", bearer("allow")), get("/kept/a", bearer("allow"))], see: statuses, aws: "200, 200; 1 call", page: AUTHORIZER },
  { api: "REST", says: "a kept Allow for one ARN, another route", ask: [get("/kept/a", bearer("here")), get("/kept/b", bearer("here"))], see: statuses, aws: "200, 403; 1 call", page: AUTHORIZER },
  { api: "REST", says: "a kept Deny", ask: [get("/kept/a", bearer("deny")), get("/kept/a", bearer("deny"))], see: statuses, aws: "403, 403; 1 call", page: AUTHORIZER },
  { api: "REST", says: "no route", ask: [get("/nowhere")], see: status, aws: "403", page: RESPONSES },
  { api: "REST", says: "a Lambda answer that is none", ask: [get("/nonsense")], see: status, aws: "502", page: LAMBDA },
  { api: "REST", says: "a Lambda function that throws", ask: [get("/crash")], see: status, aws: "502", page: LAMBDA },
  { api: "REST", says: "`WWW-Authenticate` of a Lambda function", ask: [get("/challenge")], see: challenge, aws: "renamed", page: ISSUES },
  { api: "REST", says: "a repeated header in the event", ask: [get("/open/a", { "X-Key": ["1", "2"] })], see: event((it) => [it.headers["X-Key"], it.multiValueHeaders["X-Key"]]), aws: '["2",["1","2"]]', page: LAMBDA },
  { api: "REST", says: "a form in the event", ask: [post("/open/a", { "Content-Type": "application/x-www-form-urlencoded" }, "a=1")], see: event((it) => [it.body, it.isBase64Encoded]), aws: '["a=1",false]', page: LAMBDA },
  { api: "REST", says: "a body of 10 MB and one byte", ask: [post("/open/a", {}, "x".repeat(10 * 1024 * 1024 + 1))], see: status, aws: "413", page: RESPONSES },
  { api: "REST", says: "headers of more than 10,240 bytes", ask: [get("/open/a", { "X-Long": "x".repeat(10_300) })], see: refused, aws: "refused", page: LIMITS },
  { api: "REST", says: "a method ARN of more than 1,600 bytes, with an authorizer", ask: [get(`/request/${"a".repeat(1_700)}`, bearer("allow"))], see: status, aws: "414", page: LIMITS },
  { api: "HTTP", says: "no identity source", ask: [get("/v2/simple/a")], see: statuses, aws: "401; 0 calls", page: HTTP_AUTHORIZER },
  { api: "HTTP", says: "one of two identity sources missing", ask: [get("/v2/two/a", bearer("simple"))], see: statuses, aws: "401; 0 calls", page: HTTP_AUTHORIZER },
  { api: "HTTP", says: "`isAuthorized: true`", ask: [get("/v2/simple/a", bearer("simple"))], see: statuses, aws: "200; 1 call", page: HTTP_AUTHORIZER },
  { api: "HTTP", says: "`isAuthorized: false`", ask: [get("/v2/simple/a", bearer("refuse"))], see: statuses, aws: "403; 1 call", page: HTTP_AUTHORIZER },
  { api: "HTTP", says: "`isAuthorized: \"false\"`", ask: [get("/v2/simple/a", bearer("text"))], see: statuses, aws: "500; 1 call", page: HTTP_AUTHORIZER },
  { api: "HTTP", says: "the authorizer throws anything but `Unauthorized`", ask: [get("/v2/simple/a", bearer("throw"))], see: statuses, aws: "500; 1 call", page: HTTP_AUTHORIZER },
  { api: "HTTP", says: "nested context", ask: [get("/v2/simple/a", bearer("nested"))], see: event((it) => it.requestContext.authorizer.lambda), aws: '{"deep":{"list":[1]},"number":7}', page: HTTP_AUTHORIZER },
  { api: "HTTP", says: "a kept verdict, another route", ask: [get("/v2/kept/one", bearer("path")), get("/v2/kept/two", bearer("path"))], see: statuses, aws: "200, 200; 1 call", page: HTTP_AUTHORIZER },
  { api: "HTTP", says: "a repeated header in the event", ask: [get("/v2/open/a", { "X-Key": ["1", "2"] })], see: event((it) => it.headers["x-key"]), aws: '"1,2"', page: HTTP_LAMBDA },
  { api: "HTTP", says: "a repeated parameter in the event", ask: [get("/v2/open/a?q=1&q=2")], see: event((it) => it.queryStringParameters), aws: '{"q":"1,2"}', page: HTTP_LAMBDA },
  { api: "HTTP", says: "an answer without `statusCode`", ask: [get("/v2/plain")], see: ([reply]) => `${reply.status} ${reply.headers["content-type"].split(";")[0]} ${reply.body}`, aws: '200 application/json {"hello":1}', page: HTTP_LAMBDA },
  { api: "HTTP", says: "a Lambda function that throws", ask: [get("/v2/crash")], see: status, aws: "500", page: "http-api-troubleshooting-lambda" },
  { api: "HTTP", says: "no route", ask: [get("/v2/nowhere")], see: ([reply]) => `${reply.status} ${JSON.parse(reply.body).message ?? "without a message"}`, aws: "404 Not Found", page: "http-api-develop-routes" },
]
