import { encodeFrame, type ProviderFrame, type RequestorFrame, taskToWire, toWire } from '../activity/frames.ts'
import { someNonce, someSpec } from '../activity/job.examples.ts'
import { failedTask } from '../activity/task.ts'
import { someWorkflow } from '../activity/workflow.examples.ts'
import { timestamp } from '../kernel/time.ts'
import { aCid, aDemand, anOffer, begun, provider, requestor, someTerms } from '../market/market.examples.ts'
import { cidOf } from '../wire/cid.ts'
import { encode } from '../wire/codec.ts'
import { reopen, sealed } from '../wire/gate.ts'
import type { PeerId } from '../wire/schema.ts'
import { check } from '../wire/schema.ts'
import { receiptEventFields } from './receipt-vectors.examples.ts'
import { events, protocols, topics } from './registry.ts'

/** What a vector pins: the canonical bytes in hexadecimal digits, and their name. */
export type Pinned = { readonly bytes: string; readonly cid: string }
export type Vectors = Readonly<Record<string, Pinned>>

const until = timestamp(begun + 60_000)
const reason = { code: 'sold-out', message: 'Nothing is left.', isFinal: false, retryAfterMs: 10_000 }
const figures = { rank: 2, of: 3, score: -20, bestScore: 412, price: 7n, reputationPermille: 500 }
const voucher = { payee: provider, sequence: 2, total: 2n ** 53n }
const rejected = { agreement: aCid('agreement'), code: 'OVER_BUDGET', message: 'No room.', total: 3n }
const signature = new Uint8Array(64).fill(5)
const envelope = sealed(encode({ any: 'body' }), signature)
const peer = `12D3KooW${'B'.repeat(44)}` as PeerId

const manifest = {
  name: 'words',
  description: 'Counts words.',
  formatVersion: '1.0.0',
  module: aCid('module'),
  moduleSizeBytes: 1_000,
  runtime: 'wasi-p1',
  entryPoint: '_start',
  requiredCapabilities: ['stdin'],
  inputs: [{ name: 'text', type: 'bytes', required: true, description: '' }],
  outputs: [{ name: 'counts', type: 'bytes', description: '' }],
  inputCids: [aCid('input')],
  taskCount: 10,
  memoryMb: 64,
  timeoutMs: 30_000,
  outputBytes: 1_048_576,
  maxFuel: 2n ** 53n,
  workflow: 'single',
  isInteractive: false,
  qos: 'best-effort',
  regions: ['eu-central'],
  minReputationPermille: 0,
  priceWeightPermille: 300,
  reputationWeightPermille: 700,
  selection: 'hybrid',
  maxPrice: 5n,
  redundancy: { mode: 'quorum', quorum: 2, copies: 3 },
}

/** The fields of one example of every kind of event. */
const eventFields: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'market/offer': { properties: anOffer(), constraints: '(golem.node.debug.subnet="public")', expiresAt: until },
  'market/offer-withdrawn': { offer: aCid('offer') },
  'market/job-announced': {
    job: aCid('job'),
    manifest,
    properties: aDemand(),
    constraints: '()',
    closesAt: until,
    enoughBids: 2,
  },
  'market/job-interest': { job: aCid('job'), to: requestor },
  'market/proposal': {
    to: provider,
    thread: aCid('thread'),
    offer: aCid('offer'),
    demand: aCid('job'),
    properties: aDemand(),
    constraints: '()',
    expiresAt: until,
  },
  'market/proposal-rejected': { to: requestor, thread: aCid('thread'), reason: { ...reason, figures } },
  'market/agreement-proposed': {
    to: provider,
    proposal: aCid('proposal'),
    demand: aCid('job'),
    offer: aCid('offer'),
    terms: someTerms(),
    approveUntil: until,
    figures,
  },
  'market/agreement-approved': { agreement: aCid('agreement') },
  'market/agreement-committed': { agreement: aCid('agreement') },
  'market/agreement-rejected': { agreement: aCid('agreement'), reason },
  'market/agreement-cancelled': { agreement: aCid('agreement'), reason },
  'market/agreement-expired': { agreement: aCid('agreement') },
  'market/agreement-terminated': { agreement: aCid('agreement'), reason },
  'activity/job-submitted': {
    job: aCid('job'),
    nonce: someNonce,
    spec: someSpec,
    stage: { workflow: aCid('workflow'), stage: 'count', attempt: 1 },
  },
  'activity/job-sealed': { job: aCid('job'), taskCount: 10, sourceLost: false },
  'activity/job-ended': {
    job: aCid('job'),
    status: 'Completed',
    okCount: 9,
    failedCount: 1,
    reason: '',
    fuelUsed: 90_000n,
  },
  'activity/workflow-submitted': { workflow: aCid('workflow'), nonce: someNonce, spec: someWorkflow },
  'activity/workflow-retried': { workflow: aCid('workflow'), stages: ['count'] },
  'activity/workflow-ended': { workflow: aCid('workflow'), status: 'Failed', reason: 'stage-failed' },
  'activity/created': {
    to: provider,
    agreement: aCid('agreement'),
    job: aCid('job'),
    module: aCid('module'),
    threads: 2,
    limits: someSpec.limits,
    outbound: ['https://api.example.org'],
  },
  ...receiptEventFields(envelope),
  'guild/founded': { guild: aCid('guild'), nonce: someNonce, name: 'harvest', endsAt: until },
  'guild/member-invited': {
    to: provider,
    guild: aCid('guild'),
    nonce: someNonce,
    name: 'harvest',
    endsAt: until,
    role: 'executor',
    epoch: 0,
    key: new Uint8Array(80).fill(3),
  },
  'guild/invitation-answered': { to: provider, guild: aCid('guild'), isAccepted: true },
  'guild/rekeyed': {
    to: provider,
    guild: aCid('guild'),
    epoch: 1,
    key: new Uint8Array(80).fill(4),
    removed: requestor,
  },
  'guild/left': { to: provider, guild: aCid('guild'), member: provider, reason: 'It is done.' },
  'guild/said': {
    guild: aCid('guild'),
    invitation: new Uint8Array(30).fill(6),
    sequence: 5,
    kind: 'text',
    text: 'The field is ready.',
  },
  'payment/allocated': { job: aCid('job'), total: 2n ** 63n - 1n, until },
  'payment/released': { job: aCid('job'), allocation: aCid('allocation') },
  'payment/debit-note': {
    agreement: aCid('agreement'),
    activity: aCid('activity'),
    to: requestor,
    totalDue: 15n,
    usage: [1_500_000n],
    paymentDueAt: until,
    receipt: aCid('receipt'),
  },
  'payment/debit-note-accepted': {
    agreement: aCid('agreement'),
    note: aCid('note'),
    total: 15n,
    channel: voucher,
  },
  'payment/debit-note-rejected': { ...rejected, note: aCid('note') },
  'payment/invoice': {
    agreement: aCid('agreement'),
    to: requestor,
    activities: [aCid('activity')],
    amount: 15n,
    paymentDueAt: until,
  },
  'payment/invoice-accepted': {
    agreement: aCid('agreement'),
    invoice: aCid('invoice'),
    total: 15n,
    channel: voucher,
  },
  'payment/invoice-rejected': { ...rejected, invoice: aCid('invoice') },
  'payment/settled': { agreement: aCid('agreement'), invoice: aCid('invoice'), total: 15n, platform: 'credits' },
  'reputation/review': {
    subject: provider,
    receipt: aCid('receipt'),
    job: aCid('job'),
    tag: 'wasi-p1',
    ratingPermille: 900,
    comment: 'Fast, and always right.',
  },
  'reputation/forgiven': { subject: provider },
  'reputation/listed': { role: 'provider', kind: 'did', name: provider, rule: 'block' },
}

/** One message of every topic, one request and one response of every protocol. */
const messages: Readonly<Record<string, unknown>> = {
  '/tabmesh/market/offers/1': { by: provider, offers: [aCid('offer')], withdrawn: [envelope] },
  '/tabmesh/market/jobs/1': { announcement: envelope },
  '/tabmesh/guild/talk/1': { tag: new Uint8Array(16).fill(2), sealed: new Uint8Array(40).fill(1) },
  '/tabmesh/identity/sealing-key/1 request': {},
  '/tabmesh/identity/sealing-key/1 response': { key: new Uint8Array(32).fill(6) },
  '/tabmesh/receipts/available/1': { job: aCid('job'), receipt: aCid('receipt'), executor: provider },
  '/tabmesh/reputation/reviews/1': { review: envelope, receipt: envelope },
  '/tabmesh/node/deliver/1 request': { to: provider, events: [envelope] },
  '/tabmesh/node/deliver/1 response': {
    verdicts: [{ id: aCid('one') }, { id: aCid('two'), refused: 'agreement-stale' }],
  },
  '/tabmesh/node/catch-up/1 request': { to: provider, agreements: [aCid('agreement')] },
  '/tabmesh/node/catch-up/1 response': { events: [envelope] },
  '/tabmesh/market/pull-offers/1 request': { ids: [aCid('offer')] },
  '/tabmesh/market/pull-offers/1 response': { offers: [envelope] },
  '/tabmesh/receipts/pull/1 request': { ids: [aCid('receipt')] },
  '/tabmesh/receipts/pull/1 response': { receipts: [envelope] },
  '/tabmesh/reputation/pull-reviews/1 request': {},
  '/tabmesh/reputation/pull-reviews/1 response': { said: [{ review: envelope, receipt: envelope }] },
  '/tabmesh/receipts/attestations/1 request': { receipt: aCid('receipt'), activity: aCid('activity') },
  '/tabmesh/receipts/attestations/1 response': { attestations: [envelope], accepted: envelope },
  '/tabmesh/net/peers/1 request': {},
  '/tabmesh/net/peers/1 response': { peers: [peer] },
}

const none = new Uint8Array(0)
const frames: Readonly<Record<string, RequestorFrame | ProviderFrame>> = {
  open: { type: 'open', activity: aCid('activity'), received: 2, secret: new Uint8Array(16).fill(1) },
  run: {
    type: 'run',
    tasks: [{ index: 3, args: ['-n'], env: { LANG: 'C' }, stdin: new Uint8Array([1, 2]), files: { 'a/b': none } }],
  },
  script: {
    type: 'run',
    tasks: [
      taskToWire(4, {
        ...{ args: [], env: {}, stdin: none, files: {} },
        script: [
          { type: 'deploy' },
          { type: 'start', args: ['-v'] },
          { type: 'transfer', from: `content:${aCid('content')}`, to: 'file:a' },
          { type: 'run', stdin: new Uint8Array([1]) },
          { type: 'transfer', from: 'file:a', to: 'content:' },
          { type: 'sign' },
          { type: 'terminate' },
        ],
      }),
    ],
  },
  ack: { type: 'ack', sequence: 7 },
  attest: { type: 'attest', id: 2, asked: envelope, proofs: [envelope] },
  recall: { type: 'recall', indexes: [1, 2] },
  terminate: { type: 'terminate', reason: 'job-over' },
  state: { type: 'state', state: 'Ready', progressPermille: 1_000 },
  committed: { type: 'committed', commits: envelope },
  attested: { type: 'attested', id: 2, attestation: envelope },
  results: { type: 'results', results: [toWire(3, failedTask('trapped', 'unreachable', 9))], receipt: envelope },
  returned: { type: 'returned', indexes: [4], code: 'stopped' },
}

/** The vectors as this build makes them: what stands in src/wire/vectors must equal it, on every engine. */
export function vectorsNow(): { events: Vectors; messages: Vectors; frames: Vectors } {
  const stated = [...events.values()].map((kind) => {
    const { bytes } = kind.author(
      { author: requestor, issuedAt: begun, prev: aCid('prev') },
      eventFields[kind.type] ?? {},
    )
    return [kind.type, pinned(bytes)] as const
  })
  const said = Object.entries(messages).map(([name, message]) => [name, pinned(encode(message))] as const)
  const framed = Object.entries(frames).map(([name, frame]) => [name, pinned(encodeFrame(frame))] as const)
  return {
    events: Object.fromEntries(stated),
    messages: Object.fromEntries(said),
    frames: Object.fromEntries(framed),
  }
}

/** Kinds, topics and protocols of the registry without an example, and examples that their own schema refuses. */
export function vectorGaps(): string[] {
  const gaps: string[] = []
  for (const kind of events.values()) {
    const fields = eventFields[kind.type]
    if (!fields) gaps.push(`${kind.type} has no example`)
    const { bytes } = kind.author({ author: requestor, issuedAt: begun, prev: aCid('prev') }, fields ?? {})
    const read = reopen(events, bytes)
    if (!read.ok) gaps.push(`${kind.type} is refused: ${read.code} ${JSON.stringify(read.facts)}`)
  }
  const rows = [
    ...topics.map(({ id, message }) => ({ id, schema: message })),
    ...protocols.flatMap(({ id, request, response }) => [
      { id: `${id} request`, schema: request },
      { id: `${id} response`, schema: response },
    ]),
  ]
  for (const { id, schema } of rows) {
    const outcome = id in messages ? check(schema, messages[id]) : undefined
    if (!outcome) gaps.push(`${id} has no example`)
    else if (!outcome.ok) gaps.push(`${id} is refused: ${JSON.stringify(outcome.facts)}`)
  }
  for (const id of Object.keys(messages)) if (!rows.some((row) => row.id === id)) gaps.push(`${id} is no row`)
  for (const type of Object.keys(eventFields)) if (!events.has(type)) gaps.push(`${type} is no kind`)
  return gaps
}

/** Every difference between pinned vectors and what this engine makes; empty where all is well. Runs in Node and in a page. */
export function vectorDifferences(file: Vectors, made: Vectors): string[] {
  const names = new Set([...Object.keys(file), ...Object.keys(made)])
  return [...names].flatMap((name) => {
    const [before, now] = [file[name], made[name]]
    if (!before) return [`${name} is not pinned`]
    if (!now) return [`${name} is pinned and not made any more`]
    return before.bytes === now.bytes && before.cid === now.cid ? [] : [`${name} has other bytes than were pinned`]
  })
}

const pinned = (bytes: Uint8Array): Pinned => ({
  bytes: [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
  cid: cidOf(bytes, 'dag-cbor'),
})
