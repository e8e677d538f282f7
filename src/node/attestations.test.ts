import { expect, it } from 'vitest'
import { seeded } from '../kernel/rng.ts'
import { aCid, begun, provider, requestor } from '../market/market.examples.ts'
import { ResultAttested } from '../receipts/witness.ts'
import { initialState } from './state.ts'
import { step } from './step.ts'

it('[WN3] what a witness signs is not taken from a peer that was not asked', () => {
  const node = initialState(requestor)
  const fields = {
    to: requestor,
    receipt: aCid('receipt'),
    job: aCid('job'),
    activity: aCid('activity'),
    positions: [0],
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
