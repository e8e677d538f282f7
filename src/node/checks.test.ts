import { describe, expect, it } from 'vitest'
import { someSpec } from '../activity/job.examples.ts'
import type { Amount } from '../kernel/amount.ts'
import { seeded } from '../kernel/rng.ts'
import { hourMs } from '../kernel/time.ts'
import { aDid, provider, requestor } from '../market/market.examples.ts'
import { acceptedOf } from '../payment/account.ts'
import type { ReceiptBody } from '../receipts/messages.ts'
import { blacklistPermille, scoreOf } from '../reputation/score.ts'
import { forgiven } from '../reputation/standing.ts'
import type { Cid } from '../wire/cid.ts'
import type { Did } from '../wire/schema.ts'
import { mayOthersJoin } from './requestor.ts'
import { initialState } from './state.ts'
import { replay } from './step.ts'
import { survey } from './survey.ts'
import {
  aPlan,
  command,
  connect,
  createWorld,
  frame,
  freeFacts,
  give,
  makeReady,
  nodeOf,
  only,
  pass,
  submit,
  type World,
} from './world.examples.ts'

const maxPrice = 100_000_000n as Amount
const spec = {
  platform: 'credits',
  policy: { ...someSpec.policy, maxPrice, redundancy: { mode: 'adaptive' as const } },
}

/** Sixty seconds were computed under a job whose answers are checked, and a note asks for them. */
function noted(): { world: World; activity: ReturnType<typeof activityOf> } {
  const world = createWorld(requestor, provider)
  connect(world, requestor, provider)
  command(world, provider, { type: 'sell', plan: aPlan() })
  submit(world, requestor, { spec, tasks: 100 })
  const activity = activityOf(world)
  makeReady(world, activity, [requestor, provider])
  pass(world, 130_000)
  give(world, provider, { type: 'frameReady', activity, frame: frame(world, { seconds: 60 }), token: 1 })
  pass(world, 20_000)
  return { world, activity }
}
const activityOf = (world: World) => only(nodeOf(world, requestor).state.activities.keys())
const account = (world: World, did = requestor) => only(nodeOf(world, did).state.accounts.values())
const costOf = (world: World) => only(nodeOf(world, requestor).state.chains.values()).cost
const answered = (world: World) =>
  nodeOf(world, requestor).log.filter(({ body }) => body.type.startsWith('payment/debit-note-')).length

describe('what comparing answers says', () => {
  it('[RQ10] [AC21] clears what its provider asks to be paid for', () => {
    const { world, activity } = noted()
    expect([acceptedOf(account(world)), answered(world)]).toEqual([0n, 0])
    const cleared = costOf(world)
    give(world, requestor, { type: 'checked', activity, verified: 10, disputed: 0, priceClass: 3, cleared })
    expect([acceptedOf(account(world)), acceptedOf(account(world, provider))]).toEqual([cleared, cleared])
    expect(nodeOf(world, requestor).state.standings.get(provider)?.all.verified).toBe(10)
  })

  it('[RQ10] [AC22] ends the agreement of whoever was wrong, and leaves unpaid what was not cleared', () => {
    const { world, activity } = noted()
    const nothing = 0n as Amount
    give(world, requestor, { type: 'checked', activity, verified: 0, disputed: 1, priceClass: 3, cleared: nothing })
    expect(nodeOf(world, requestor).state.activities.get(activity)?.failure?.code).toBe('wrong-result')
    for (const did of [requestor, provider])
      expect(only(nodeOf(world, did).state.agreements.values())).toMatchObject({
        state: 'terminated',
        ended: { reason: { code: 'WrongResult', isFinal: true } },
      })
    pass(world, 60_000)
    expect([acceptedOf(account(world)), acceptedOf(account(world, provider))]).toEqual([0n, 0n])
    expect(account(world, provider).invoice).toMatchObject({
      status: 'rejected',
      answer: { body: { code: 'BAD_SERVICE' } },
    })
    expect(nodeOf(world, requestor).state.standings.get(provider)?.all).toMatchObject({
      disputed: 1,
      terminated: { WrongResult: 1 },
    })
  })

  it('[RP16] takes back the good word for what nobody else came to, also where it is forgiven', () => {
    const { world, activity } = noted()
    const nothing = 0n as Amount
    const { state } = nodeOf(world, requestor)
    const okCount = state.chains.get(activity)!.okCount
    expect(okCount).toBeGreaterThan(5)
    const score = () => scoreOf(state.standings.get(provider), { now: world.now }).permille
    expect(score()).toBeGreaterThan(800)
    give(world, requestor, { type: 'checked', activity, verified: 2, disputed: 1, priceClass: 3, cleared: nothing })
    give(world, requestor, { type: 'checked', activity, verified: 0, disputed: 1, priceClass: 3, cleared: nothing })
    expect(state.standings.get(provider)?.all).toMatchObject({ completed: okCount, withdrawn: okCount - 2 })
    expect(score()).toBeLessThan(blacklistPermille)
    command(world, requestor, { type: 'forgive', did: provider })
    expect(score()).toBe(Math.floor((1_000 * (2 + 1)) / (2 + 2)))
  })

  it('[RQ10] is known again after a restart, and of nobody else', () => {
    const { world, activity } = noted()
    give(world, requestor, {
      type: 'checked',
      activity,
      verified: 3,
      disputed: 1,
      priceClass: 3,
      cleared: 7n as Amount,
    })
    const again = initialState(requestor)
    for (const event of nodeOf(world, requestor).log) replay(again, event, seeded(1))
    expect(again.standings.get(provider)?.all).toMatchObject({ verified: 3, disputed: 1 })
    expect(only(again.accounts.values())).toMatchObject({ isBlamed: true })
    const told = nodeOf(world, requestor).log.find(({ body }) => body.type === 'receipts/checked')!
    expect((told.body as never as ReceiptBody).author).toBe(requestor)
    expect(replay(initialState(provider), told, seeded(1))).toMatchObject({ ok: false, code: 'not-taken-here' })
  })

  it('[RQ11] [RP15] leaves whoever was wrong alone for a day, for every job, or until it is forgiven', () => {
    const { world, activity } = noted()
    give(world, requestor, {
      type: 'checked',
      activity,
      verified: 900,
      disputed: 1,
      priceClass: 3,
      cleared: 0n as Amount,
    })
    const { state } = nodeOf(world, requestor)
    const other = submit(world, requestor, { spec, nonce: 2 })
    pass(world, 10_000)
    const [seen] = survey(state, state.jobs.get(other)!, world.now)
    expect(seen).toMatchObject({ step: 'waiting', no: { reason: { code: 'WrongResult' } } })
    expect(state.agreements.size).toBe(1)
    expect((seen?.no?.until ?? 0) - world.now).toBeGreaterThan(23 * hourMs)
    state.standings.set(provider, forgiven(state.standings.get(provider), { about: provider, at: world.now }))
    expect(survey(state, state.jobs.get(other)!, world.now)).toMatchObject([{ step: 'fit' }])
  })
})

describe('a job whose answers are compared', () => {
  const others = [aDid('A'), aDid('B'), aDid('C')]

  it('[RQ12] asks as many providers as it compares answers of one task, and expects who could still come', () => {
    const world = createWorld(requestor, ...others)
    const asked = submit(world, requestor, {
      tasks: 1,
      spec: { policy: { ...someSpec.policy, redundancy: { mode: 'adaptive' } } },
    })
    const once = submit(world, requestor, { tasks: 1, nonce: 2 })
    const { state } = nodeOf(world, requestor)
    const may = (...working: Did[]) =>
      mayOthersJoin(state, state.jobs.get(asked)!, { now: world.now, working: new Set(working) })
    expect(may()).toBe(false)
    for (const did of others) {
      connect(world, requestor, did)
      command(world, did, { type: 'sell', plan: aPlan({ facts: freeFacts, threads: 8 }) })
    }
    pass(world, 6_000)
    const agreed = (job: Cid) =>
      [...state.agreements.values()].filter(({ demand }) => demand === job).map(({ provider }) => provider)
    expect(agreed(asked).sort()).toEqual([...others].sort())
    expect(agreed(once)).toHaveLength(1)
    expect([may(), may(others[0]!), may(...others)]).toEqual([true, true, false])
  })
})
