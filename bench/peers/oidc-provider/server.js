// oidc-provider as an authorization server over HTTP on a free port of loopback. With CLIENTS=stored its client is in
// DynamoDB, as when clients are registered while it runs, and in its settings otherwise.
import { createServer } from 'node:http'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import Provider from 'oidc-provider'
import { DynamoDbAdapter } from './adapter.js'

const SCOPE = 'orders.read orders.write'
const client = {
  client_id: 'shop',
  client_secret: 'tgs_demo-secret-of-the-client-shop',
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
  scope: SCOPE,
  id_token_signed_response_alg: 'ES256',
}
const isStored = process.env.CLIENTS === 'stored'
if (isStored) await new DynamoDbAdapter('Client').upsert(client.client_id, client)

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const provider = new Provider('https://id.example.com', {
  adapter: DynamoDbAdapter,
  clients: isStored ? [] : [client],
  cookies: { keys: [randomBytes(32).toString('base64url')] },
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    introspection: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => 'https://orders.example.com',
      getResourceServerInfo: () => ({ scope: SCOPE, accessTokenFormat: 'opaque' }),
      useGrantedResource: () => true,
    },
  },
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256' }] },
  scopes: SCOPE.split(' '),
  ttl: { ClientCredentials: 3600 },
})

const server = createServer(provider.callback())
// Behind a load balancer connections are kept for longer than it keeps them.
server.keepAliveTimeout = 65_000
server.listen(0, '127.0.0.1', () => console.log(`ready on http://127.0.0.1:${server.address().port}`))
