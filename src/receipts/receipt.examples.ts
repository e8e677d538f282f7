import { zero } from '../kernel/amount.ts'
import { timestamp } from '../kernel/time.ts'
import { type Cid, cidOf } from '../wire/cid.ts'
import { encode } from '../wire/codec.ts'
import type { FieldsOf, Verified } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'
import type { ReceiptFacts } from './chain.ts'
import { merkleRoot } from './merkle.ts'
import { ExecutionReceipt, type ReceiptBody, type Usage } from './messages.ts'

/** Parties, ids and receipts that tests speak of. */
export const exampleDid = (letter: string): Did => `did:key:z6Mk${letter.repeat(44)}` as Did
export const exampleCid = (name: string): Cid => cidOf(encode(name), 'dag-cbor')

export const provider = exampleDid('P')
export const requestor = exampleDid('R')
export const agreement = exampleCid('agreement')
export const activity = exampleCid('activity')
export const facts: ReceiptFacts = { provider, requestor, agreement }

export const someUsage: Usage = { durationUs: 1_000, memoryBytes: 65_536, storageBytes: 0, bytesIn: 10, bytesOut: 20 }

type Told = Partial<FieldsOf<typeof ExecutionReceipt>> & { author?: Did; prev?: Cid | undefined; issuedAt?: number }

/** A receipt that is right by itself, but for what is told otherwise. */
export function receipt({ author = provider, prev, issuedAt = 2_000, ...told }: Told = {}): Verified<ReceiptBody> {
  return ExecutionReceipt.author(
    { author, issuedAt: timestamp(issuedAt), prev },
    {
      agreement,
      activity,
      job: exampleCid('job'),
      module: exampleCid('module'),
      requestor,
      sequence: 0,
      isFinal: false,
      outcome: 'Running',
      taskCount: 0,
      okCount: 0,
      failedCount: 0,
      root: merkleRoot([]),
      outputCids: [],
      usage: someUsage,
      cost: zero,
      startedAt: timestamp(1_000),
      endedAt: timestamp(2_000),
      ...told,
    },
  )
}

/** The receipt after `before`, with the usage and cost of it unless told otherwise. */
export const next = (before: Verified<ReceiptBody>, told: Told = {}): Verified<ReceiptBody> =>
  receipt({
    prev: before.id,
    sequence: before.body.sequence + 1,
    usage: before.body.usage,
    cost: before.body.cost,
    ...told,
  })
