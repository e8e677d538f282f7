import { describe, expect, it } from 'vitest'
import type { Amount } from '../kernel/amount.ts'
import { minuteMs, timestamp } from '../kernel/time.ts'
import { aCid, aDid, provider, requestor } from '../market/market.examples.ts'
import { answerMs, disputeMs } from '../receipts/dispute.ts'
import { DisputeOpened } from '../receipts/dispute-messages.ts'
import type { Cid } from '../wire/cid.ts'
import {
  aPlan,
  command,
  connect,
  createWorld,
  disconnect,
  frame,
  freeFacts,
  give,
  makeReady,
  nodeOf,
  only,
  pass,
  submit,
  verdict,
  type World,
} from './world.examples.ts'

/** A job under way at a provider, of which one frame came in. */
function bought(): { world: World; activity: Cid; receipt: Cid } {
  const world = createWorld(requestor, provider)
  connect(world, requestor, provider)
  command(world, provider, { type: 'sell', plan: aPlan({ facts: freeFacts, strangersLimit: 0n as Amount }) })
  submit(world, requestor)
  const { id: activity } = only(nodeOf(world, requestor).state.activities.values())
  makeReady(world, activity, [requestor, provider])
  give(world, provider, { type: 'frameReady', activity, frame: frame(world), token: 1 })
  const receipt = nodeOf(world, requestor).state.chains.get(activity)!.latest.id
  return { world, activity, receipt }
}
const fieldsOf = ({ activity, receipt }: { activity: Cid; receipt: Cid }, index = 3) => ({
  to: provider,
  receipt,
  activity,
  ground: 'wrong-result' as const,
  index,
  proof: new Uint8Array(10),
  input: aCid('input'),
})
const opened = (world: World, fields: ReturnType<typeof fieldsOf>): Cid => {
  const answer = command(world, requestor, { type: 'openDispute', fields })
  if (!answer.ok || !answer.value) throw new Error(answer.ok ? 'no name' : answer.code)
  return answer.value
}
const disputed = () => {
  const it = bought()
  return { ...it, dispute: opened(it.world, fieldsOf(it)) }
}
const stateAt = (world: World, did: typeof requestor, dispute: Cid) =>
  nodeOf(world, did).state.disputes.get(dispute)?.state
const disputesAgainst = (world: World, did: typeof requestor, about: typeof requestor) =>
  nodeOf(world, did).state.standings.get(about)

describe('a dispute between two nodes', () => {
  it('[DS4] [DS6] is upheld on both sides when the provider concedes, and ends its agreement', () => {
    const { world, dispute, activity } = disputed()
    expect([stateAt(world, requestor, dispute), stateAt(world, provider, dispute)]).toEqual(['Opened', 'Opened'])
    command(world, provider, { type: 'answerDispute', dispute, stance: 'concedes', reason: '' })
    expect([stateAt(world, requestor, dispute), stateAt(world, provider, dispute)]).toEqual(['Upheld', 'Upheld'])
    expect(disputesAgainst(world, requestor, provider)).toBeDefined()
    const agreement = nodeOf(world, requestor).state.activities.get(activity)!.agreement
    expect(nodeOf(world, requestor).state.agreements.get(agreement)).toMatchObject({
      ended: { reason: { code: 'WrongResult' } },
    })
  })

  it('[DS5] ends by a verdict when both have checked its proof', () => {
    const { world, dispute } = disputed()
    command(world, provider, { type: 'answerDispute', dispute, stance: 'contests', reason: 'the same here' })
    const judge = { type: 'judgeDispute' as const, dispute, ruling: 'dismissed' as const, findings: [aCid('one')] }
    expect(command(world, requestor, judge).ok).toBe(true)
    expect(stateAt(world, provider, dispute)).toBe('Contested')
    for (const did of [requestor, provider]) command(world, did, { type: 'checkVerdict', dispute, isRight: true })
    expect([stateAt(world, requestor, dispute), stateAt(world, provider, dispute)]).toEqual(['Dismissed', 'Dismissed'])
    expect(disputesAgainst(world, provider, requestor)).toBeDefined()
  })

  it('[DS2] is opened once about a task, whatever came of it, and eight at a time', () => {
    const { world, dispute, activity, receipt } = disputed()
    const again = () => command(world, requestor, { type: 'openDispute', fields: fieldsOf({ activity, receipt }) })
    expect(again()).toMatchObject({ code: 'dispute-known' })
    command(world, provider, { type: 'answerDispute', dispute, stance: 'concedes', reason: '' })
    expect(again()).toMatchObject({ code: 'dispute-known' })
    for (let index = 10; index < 18; index++) opened(world, fieldsOf({ activity, receipt }, index))
    expect(
      command(world, requestor, { type: 'openDispute', fields: fieldsOf({ activity, receipt }, 18) }),
    ).toMatchObject({ code: 'too-many-disputes' })
  })

  it('[DS1] is refused from whoever is not the requestor of the activity, and about others', () => {
    const { world, activity, receipt } = bought()
    const stranger = aDid('S')
    const head = { author: stranger, issuedAt: world.now }
    expect(verdict(world, provider, DisputeOpened.author(head, fieldsOf({ activity, receipt })))).toBe(
      'dispute-not-yours',
    )
    const others = DisputeOpened.author(head, { ...fieldsOf({ activity, receipt }), to: requestor })
    expect(verdict(world, provider, others)).toBe('not-addressed')
  })

  it('[DS2] [DS3] is not opened from tomorrow, where it would never end', () => {
    const { world, activity, receipt } = bought()
    const ahead = { author: requestor, issuedAt: timestamp(world.now + 10 * minuteMs + 1) }
    expect(verdict(world, provider, DisputeOpened.author(ahead, fieldsOf({ activity, receipt })))).toBe('dispute-ahead')
    const fast = { author: requestor, issuedAt: timestamp(world.now + 10 * minuteMs) }
    expect(verdict(world, provider, DisputeOpened.author(fast, fieldsOf({ activity, receipt })))).toBeUndefined()
  })

  it('[DS2] of made-up names over made-up activities are 64 open at once, and one over a real activity beside them', () => {
    const { world, activity, receipt } = bought()
    const told = Array.from({ length: 70 }, (_, n) => {
      const head = { author: aDid(`S${n}`), issuedAt: world.now }
      const fields = fieldsOf({ activity: aCid(`made up ${n}`), receipt: aCid(`no receipt ${n}`) })
      return verdict(world, provider, DisputeOpened.author(head, fields))
    })
    expect(told).toEqual([...Array(64).fill(undefined), ...Array(6).fill('too-many-disputes')])
    const head = { author: requestor, issuedAt: world.now }
    expect(verdict(world, provider, DisputeOpened.author(head, fieldsOf({ activity, receipt })))).toBeUndefined()
  })

  it('[DS3] goes on after the other was away, and ends after an hour without an answer', () => {
    const { world, activity, receipt } = bought()
    disconnect(world, requestor, provider)
    const dispute = opened(world, fieldsOf({ activity, receipt }))
    pass(world, answerMs)
    expect(stateAt(world, provider, dispute)).toBeUndefined()
    connect(world, requestor, provider)
    pass(world, 60_000)
    expect(stateAt(world, provider, dispute)).toBe('Opened')
    pass(world, disputeMs)
    expect([stateAt(world, requestor, dispute), stateAt(world, provider, dispute)]).toEqual(['Undecided', 'Undecided'])
    expect(command(world, provider, { type: 'answerDispute', dispute, stance: 'contests', reason: '' })).toMatchObject({
      code: 'dispute-over',
    })
  })
})
