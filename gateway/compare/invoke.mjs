// Lambda's `Invoke` operation over handlers.mjs, for the gateway: POST /2015-03-31/functions/NAME/invocations.
import { createServer } from "node:http"
import * as handlers from "./handlers.mjs"

const body = async (request) => {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks))
}

export const serve = (port) =>
  createServer(async (request, response) => {
    const name = request.url.split("/")[3]
    try {
      const answer = await handlers[name](await body(request))
      response.end(JSON.stringify(answer ?? null))
    } catch (error) {
      response.setHeader("X-Amz-Function-Error", "Unhandled")
      response.end(JSON.stringify({ errorType: error.name, errorMessage: error.message }))
    }
  }).listen(port, "127.0.0.1")
