// What the gateway serves: the APIs of serverless.yml as OpenAPI documents.
const uri = (name) =>
  "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/" +
  `arn:aws:lambda:us-east-1:123456789012:function:${name}/invocations`

const proxy = { name: "proxy", in: "path", required: true, schema: { type: "string" } }
const both = (prefix) => `${prefix}header.Authorization, ${prefix}querystring.key`

function api(authorizers, format, routes) {
  const schemes = Object.entries(authorizers).map(([name, settings]) => [name, {
    type: "apiKey", name: "Authorization", in: "header",
    "x-amazon-apigateway-authorizer": { authorizerUri: uri("authorizer"), ...settings },
  }])
  const operation = ([path, [name, scheme]]) => [path, { "x-amazon-apigateway-any-method": {
    ...(path.includes("{proxy+}") && { parameters: [proxy] }),
    ...(scheme && { security: [{ [scheme]: [] }] }),
    "x-amazon-apigateway-integration": {
      type: "aws_proxy", httpMethod: "POST", uri: uri(name), payloadFormatVersion: format,
    },
  } }]
  return {
    openapi: "3.0.1",
    info: { title: "compare", version: "1" },
    components: { securitySchemes: Object.fromEntries(schemes) },
    paths: Object.fromEntries(Object.entries(routes).map(operation)),
  }
}

const header = "method.request.header.Authorization"
export const rest = api({
  request: { type: "request", identitySource: header, authorizerResultTtlInSeconds: 0 },
  two: { type: "request", identitySource: both("method.request."), authorizerResultTtlInSeconds: 0 },
  token: { type: "token", identityValidationExpression: "Bearer [a-z]+", authorizerResultTtlInSeconds: 0 },
  kept: { type: "request", identitySource: header, authorizerResultTtlInSeconds: 300 },
}, "1.0", {
  "/request/{proxy+}": ["echo", "request"],
  "/two/{proxy+}": ["echo", "two"],
  "/token/{proxy+}": ["echo", "token"],
  "/kept/{proxy+}": ["echo", "kept"],
  "/open/{proxy+}": ["echo"],
  "/challenge": ["challenge"],
  "/crash": ["crash"],
  "/nonsense": ["nonsense"],
})

const simple = (identitySource, authorizerResultTtlInSeconds) => ({
  type: "request", authorizerPayloadFormatVersion: "2.0", enableSimpleResponses: true,
  identitySource, authorizerResultTtlInSeconds,
})
export const http = api({
  simple: simple("$request.header.Authorization", 0),
  two: simple(both("$request."), 0),
  kept: simple("$request.header.Authorization", 300),
}, "2.0", {
  "/v2/simple/{proxy+}": ["echo", "simple"],
  "/v2/two/{proxy+}": ["echo", "two"],
  "/v2/kept/{proxy+}": ["echo", "kept"],
  "/v2/open/{proxy+}": ["echo"],
  "/v2/challenge": ["challenge"],
  "/v2/crash": ["crash"],
  "/v2/plain": ["plain"],
})
