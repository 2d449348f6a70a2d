// oidc-provider's models in one DynamoDB table, by its adapter interface. Key: modelId; time to live: expiresAt, in
// seconds; indices: grantIdIndex, uidIndex, userCodeIndex. Every read by key is strongly consistent, so that a token
// that was revoked is gone at once.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  BatchWriteCommand, DeleteCommand, DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand, UpdateCommand,
} from '@aws-sdk/lib-dynamodb'

const TableName = process.env.OIDC_TABLE ?? 'oidc-provider'
const documents = DynamoDBDocumentClient.from(new DynamoDBClient(), { marshallOptions: { removeUndefinedValues: true } })

const seconds = () => Math.floor(Date.now() / 1000)
// DynamoDB removes what has expired within days, not at once.
const live = (item) => (item && !(item.expiresAt <= seconds()) ? { ...item.payload, consumed: item.consumed } : undefined)

export class DynamoDbAdapter {
  constructor(model) {
    this.model = model
  }

  async upsert(id, payload, expiresIn) {
    const { grantId, uid, userCode } = payload
    const expiresAt = expiresIn ? seconds() + expiresIn : undefined
    const Item = { modelId: this.#key(id), payload, grantId, uid, userCode, expiresAt, consumed: payload.consumed }
    await documents.send(new PutCommand({ TableName, Item }))
  }

  async find(id) {
    const Key = { modelId: this.#key(id) }
    const { Item } = await documents.send(new GetCommand({ TableName, Key, ConsistentRead: true }))
    return live(Item)
  }

  findByUid(uid) {
    return this.#findBy('uid', uid)
  }

  findByUserCode(userCode) {
    return this.#findBy('userCode', userCode)
  }

  // Of two that consume the same code or refresh token, one fails.
  async consume(id) {
    await documents.send(new UpdateCommand({
      TableName,
      Key: { modelId: this.#key(id) },
      UpdateExpression: 'SET consumed = :now',
      ConditionExpression: 'attribute_exists(modelId) AND attribute_not_exists(consumed)',
      ExpressionAttributeValues: { ':now': seconds() },
    }))
  }

  async destroy(id) {
    await documents.send(new DeleteCommand({ TableName, Key: { modelId: this.#key(id) } }))
  }

  async revokeByGrantId(grantId) {
    let ExclusiveStartKey
    do {
      const found = await documents.send(new QueryCommand({
        ...query('grantId', grantId),
        ProjectionExpression: 'modelId',
        Limit: 25,
        ExclusiveStartKey,
      }))
      await this.#deleteAll(found.Items)
      ExclusiveStartKey = found.LastEvaluatedKey
    } while (ExclusiveStartKey)
  }

  #key(id) {
    return `${this.model}:${id}`
  }

  async #findBy(attribute, value) {
    const { Items } = await documents.send(new QueryCommand({ ...query(attribute, value), Limit: 1 }))
    return live(Items[0])
  }

  async #deleteAll(items) {
    let left = items.map(({ modelId }) => ({ DeleteRequest: { Key: { modelId } } }))
    while (left.length > 0) {
      const written = await documents.send(new BatchWriteCommand({ RequestItems: { [TableName]: left } }))
      left = written.UnprocessedItems?.[TableName] ?? []
    }
  }
}

const query = (attribute, value) => ({
  TableName,
  IndexName: `${attribute}Index`,
  KeyConditionExpression: `${attribute} = :value`,
  ExpressionAttributeValues: { ':value': value },
})
