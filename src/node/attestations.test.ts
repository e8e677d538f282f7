import { expect, it } from 'vitest'
import { seeded } from '../kernel/rng.ts'
import { aCid, aDid, begun, provider, requestor } from '../market/market.examples.ts'
import { receipt as receiptOf } from '../receipts/receipt.examples.ts'
import { PullAttestations, ResultAttested } from '../receipts/witness.ts'
import { ToSeal } from '../wire/sealing.ts'
import { initialState } from './state.ts'
import { replay, step } from './step.ts'

it('[WN3] what a witness signs is not taken from a peer that was not asked', () => {
  const node = initialState(requestor)
  const fields = {
    to: requestor,
    receipt: aCid('receipt'),
    job: aCid('job'),
    activity: aCid('activity'),
    positions: [0],
    asked: new Uint8Array(1),
  }
  const event = ResultAttested.author({ author: provider, issuedAt: begun }, fields)
  const { effects } = step(node, { type: 'delivered', from: provider, events: [event], token: 1 }, begun, seeded(1))
  expect(effects).toContainEqual({
    type: 'respond',
    token: 1,
    body: { verdicts: [{ id: event.id, refused: 'not-taken-here' }] },
  })
  step(node, { type: 'pulled', from: provider, events: [event] }, begun, seeded(1))
  step(node, { type: 'caughtUp', from: provider, events: [event] }, begun, seeded(1))
  // Nor by whoever asks, about an activity that there is not.
  step(node, { type: 'attested', event }, begun, seeded(1))
  expect(node.attestations.size).toBe(0)
})

it('[WN4] [WN5] a witness keeps its word and the receipt, says once that it holds it, and gives it to whoever has the receipt', () => {
  const node = initialState(provider)
  const receipt = receiptOf({ author: aDid('author'), requestor })
  const { job, activity } = receipt.body
  const word = (position: number) =>
    ResultAttested.author(
      { author: provider, issuedAt: begun },
      { to: requestor, receipt: receipt.id, job, activity, positions: [position], asked: new Uint8Array(1) },
    )
  const first = step(node, { type: 'attested', event: word(0), receipt }, begun, seeded(1)).effects
  expect(first).toEqual([
    { type: 'persist', events: [word(0), receipt] },
    { type: 'anchor', event: word(0) },
  ])
  const second = step(node, { type: 'attested', event: word(1), receipt }, begun, seeded(1)).effects
  expect(second).toEqual([{ type: 'persist', events: [word(1)] }])
  expect(step(node, { type: 'attested', event: word(1), receipt }, begun, seeded(1)).effects).toEqual([])
  const asked = {
    type: 'request',
    protocol: PullAttestations,
    body: { receipt: receipt.id, activity },
    from: requestor,
    token: 3,
  } as const
  const attestations = [word(0), word(1)].map((event) => new ToSeal(event))
  expect(step(node, asked, begun, seeded(1)).effects).toEqual([{ type: 'respond', token: 3, body: { attestations } }])
  // After a reload its log says the same; the receipt of somebody else's job says nothing there.
  const again = initialState(provider)
  for (const event of [word(0), receipt, word(1)]) replay(again, event, seeded(1))
  expect(again.attestations).toEqual(node.attestations)
  expect(again.chains.size).toBe(0)
})

it('[WN4] keeps 64 words about a receipt', () => {
  const node = initialState(provider)
  for (let position = 0; position < 70; position++) {
    const fields = {
      to: requestor,
      receipt: aCid('receipt'),
      job: aCid('job'),
      activity: aCid('activity'),
      asked: new Uint8Array(1),
    }
    const event = ResultAttested.author({ author: provider, issuedAt: begun }, { ...fields, positions: [position] })
    step(node, { type: 'attested', event }, begun, seeded(1))
  }
  expect(node.attestations.get(aCid('receipt'))).toHaveLength(64)
})
