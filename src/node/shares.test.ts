import { describe, expect, it } from 'vitest'
import { someSpec } from '../activity/job.examples.ts'
import { ActivityCreated, type JobSpec } from '../activity/messages.ts'
import type { Amount } from '../kernel/amount.ts'
import { after, minuteMs } from '../kernel/time.ts'
import { aCid, begun, provider, requestor, stated } from '../market/market.examples.ts'
import { acceptedOf } from '../payment/account.ts'
import { spentOf } from '../payment/allocation.ts'
import { ExecutionReceipt } from '../receipts/messages.ts'
import type { Cid } from '../wire/cid.ts'
import type { Verified } from '../wire/event.ts'
import type { AnyBody } from '../wire/gate.ts'
import { freeIn } from './shares.ts'
import { initialState } from './state.ts'
import { replay } from './step.ts'
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
  typesOf,
  verdict,
  type World,
} from './world.examples.ts'

const policyWith = (told: Partial<JobSpec['policy']>) => ({ policy: { ...someSpec.policy, ...told } })
/** Two threads of each provider at once, and four reserved. */
const halves = policyWith({ mostThreads: 2, reserveThreads: 4 })

/** Somebody who lends four threads, and one who has work. */
function market(plan = aPlan({ facts: freeFacts })): World {
  const world = createWorld(requestor, provider)
  connect(world, requestor, provider)
  command(world, provider, { type: 'sell', plan })
  return world
}

const agreementsOf = (world: World, did = requestor) => [...nodeOf(world, did).state.agreements.values()]
const activitiesOf = (world: World, did = requestor) => [...nodeOf(world, did).state.activities.values()]
const activityFor = (world: World, job: Cid) => only(activitiesOf(world).filter((one) => one.job === job))
const isOpenAt = (world: World, did: typeof provider, activity: Cid) =>
  nodeOf(world, did).state.activities.get(activity)?.state !== 'Terminated'

/** Every task is done, as the requestor's data plane tells it. */
function done(world: World, job: Cid, tasks = 10): void {
  const progress = { total: tasks, isSealed: true, done: tasks, ok: tasks, failed: 0, inFlight: 0, fuelUsed: 0n }
  give(world, requestor, { type: 'tasksReported', job, progress })
}
/** The provider's last word on an activity. */
function closed(world: World, activity: Cid, seconds = 1): void {
  const last = frame(world, { isFinal: true, outcome: 'CompletedSuccessfully', taskCount: 0, okCount: 0, seconds })
  give(world, provider, { type: 'frameReady', activity, frame: last, token: 1 })
}
function ready(world: World, job: Cid): Cid {
  const { id } = activityFor(world, job)
  makeReady(world, id, [requestor, provider])
  return id
}

describe('one agreement for jobs that come one after the other', () => {
  it('[RQ13] [SH2] gives the next job an activity of its own under it as soon as the first has its last receipt', () => {
    const world = market()
    const first = submit(world, requestor)
    const second = submit(world, requestor, { nonce: 2 })
    const activity = ready(world, first)
    expect(activitiesOf(world)).toHaveLength(1)
    done(world, first)
    closed(world, activity)
    const { id } = only(agreementsOf(world).filter(({ state }) => state === 'approved'))
    expect(activityFor(world, second)).toMatchObject({ agreement: id, threads: 4, state: 'New' })
    expect(isOpenAt(world, provider, activityFor(world, second).id)).toBe(true)
    done(world, second)
    closed(world, ready(world, second))
    expect(agreementsOf(world).find((one) => one.id === id)).toMatchObject({ ended: { reason: { code: 'Success' } } })
  })

  it('[RQ13] leaves it open for a while where the job says so, and the next begins without a word of negotiation', () => {
    const world = market()
    const first = submit(world, requestor, { spec: policyWith({ keepMs: 30_000 }) })
    const activity = ready(world, first)
    done(world, first)
    closed(world, activity)
    pass(world, 20_000)
    const before = nodeOf(world, requestor).log.length
    const second = submit(world, requestor, { nonce: 2, spec: { module: aCid('another module') } })
    expect(only(agreementsOf(world)).state).toBe('approved')
    expect(activityFor(world, second).module).toBe(aCid('another module'))
    expect(typesOf(nodeOf(world, requestor).log.slice(before)).filter((type) => type.startsWith('market/'))).toEqual([])
  })

  it('[RQ13] lets it go when that time is over', () => {
    const world = market()
    const first = submit(world, requestor, { spec: policyWith({ keepMs: 30_000 }) })
    const activity = ready(world, first)
    done(world, first)
    closed(world, activity)
    pass(world, 29_000)
    expect(only(agreementsOf(world)).state).toBe('approved')
    pass(world, 2_000)
    expect(only(agreementsOf(world, provider))).toMatchObject({ ended: { reason: { code: 'Success' } } })
  })

  it.each([
    ['needs more of a provider', { isInteractive: true }],
    ['is of another network', { subnet: 'other' }],
    ['is run by another runtime', { runtime: 'function' }],
    ['may not leave its region', policyWith({ regions: ['eu-central'] })],
    ['has no more memory than was reserved', { limits: { ...someSpec.limits, memoryPages: 65_536 } }],
    ['does not want its provider', policyWith({ avoid: [provider] })],
  ])('[RQ13] not where the next job %s', (_, spec) => {
    const world = market()
    const first = submit(world, requestor, { spec: policyWith({ keepMs: 30_000 }) })
    const activity = ready(world, first)
    done(world, first)
    closed(world, activity)
    const second = submit(world, requestor, { nonce: 2, spec })
    const { id } = only(agreementsOf(world).filter(({ demand }) => demand === first))
    expect(activitiesOf(world).filter(({ job, agreement }) => job === second && agreement === id)).toEqual([])
  })

  it('[RQ13] [RQ4] not for a job that wants nobody', () => {
    const world = market()
    const first = submit(world, requestor)
    const activity = ready(world, first)
    submit(world, requestor, { nonce: 2, spec: policyWith({ mostProviders: 0 }) })
    done(world, first)
    closed(world, activity)
    expect(activitiesOf(world)).toHaveLength(1)
    expect(only(agreementsOf(world)).ended).toMatchObject({ reason: { code: 'Success' } })
  })

  it('[AC23] [SH2] bills both under one invoice, and each job pays its own part', () => {
    const paid = (maxPrice: bigint, keepMs?: number) => ({
      platform: 'credits',
      ...policyWith({ maxPrice: maxPrice as Amount, ...(keepMs && { keepMs }) }),
    })
    const world = market(aPlan())
    const first = submit(world, requestor, { spec: paid(1_000n, 30_000) })
    const activity = ready(world, first)
    done(world, first)
    closed(world, activity, 20)
    const second = submit(world, requestor, { nonce: 2, spec: paid(600n) })
    pass(world, 40_000)
    done(world, second)
    closed(world, ready(world, second), 30)
    pass(world, minuteMs)
    const { state } = nodeOf(world, requestor)
    const [account] = state.accounts.values()
    expect(account?.invoice?.event.body.activities).toHaveLength(2)
    expect(account && acceptedOf(account)).toBe(500n)
    expect([first, second].map((job) => spentOf(state.allocations.get(job)!))).toEqual([200n, 300n])
    expect([...state.allocations.values()].every(({ isReleased }) => isReleased)).toBe(true)
  })
})

describe('one agreement for jobs beside each other', () => {
  /** Two jobs at work at once, each on half of what was reserved. */
  function both() {
    const world = market()
    const first = submit(world, requestor, { spec: halves })
    const second = submit(world, requestor, { nonce: 2, spec: halves })
    return { world, first, second, activities: [ready(world, first), ready(world, second)] as const }
  }

  it('[SH1] [SH2] takes for each no more than its share, and nothing beyond the reservation', () => {
    const { world, second } = both()
    const agreement = only(agreementsOf(world))
    expect(agreement.terms.threads).toBe(4)
    expect(activitiesOf(world, provider).map(({ threads, job }) => [threads, job === second])).toEqual([
      [2, false],
      [2, true],
    ])
    expect(freeIn(nodeOf(world, provider).state, agreement)).toEqual({ threads: 0, memoryMb: 0 })
    const third = submit(world, requestor, { nonce: 3, spec: halves })
    expect(activitiesOf(world).some(({ job }) => job === third)).toBe(false)
  })

  it('[SH1] is refused by its provider where it wants more threads or memory than are free', () => {
    const world = market()
    submit(world, requestor, { spec: halves })
    const { id: agreement } = only(agreementsOf(world))
    const wanted = (threads: number, memoryPages: number) =>
      stated(
        ActivityCreated,
        { author: requestor },
        {
          to: provider,
          agreement,
          job: aCid('a job'),
          module: aCid('module'),
          threads,
          limits: { ...someSpec.limits, memoryPages },
        },
      ) as Verified<AnyBody>
    for (const tooMuch of [wanted(3, 1_024), wanted(2, 2_048), wanted(0, 1)])
      expect(verdict(world, provider, tooMuch)).toBe('reservation-exceeded')
    expect(verdict(world, provider, wanted(2, 1_024))).toBeUndefined()
  })

  it('[SH1] gives the share of one that ended to the next, while the other goes on', () => {
    const { world, first, activities } = both()
    const third = submit(world, requestor, { nonce: 3, spec: halves })
    done(world, first)
    closed(world, activities[0])
    expect(activityFor(world, third)).toMatchObject({ threads: 2, agreement: only(agreementsOf(world)).id })
    expect(isOpenAt(world, provider, activities[1])).toBe(true)
  })

  it('[SH3] leaves one at work where the other comes to nothing', () => {
    const { world, first, second, activities } = both()
    const failure = { code: 'content-missing', message: '' }
    for (const did of [provider, requestor])
      give(world, did, { type: 'activityStepped', activity: activities[0], step: 'terminate', failure })
    expect(only(agreementsOf(world)).state).toBe('approved')
    expect(isOpenAt(world, requestor, activities[1])).toBe(true)
    const { jobs } = nodeOf(world, requestor).state
    expect(jobs.get(first)?.notBefore.get(provider)?.reason.code).toBe('content-missing')
    done(world, second)
    closed(world, activities[1])
    expect(only(agreementsOf(world)).ended).toMatchObject({ reason: { code: 'content-missing' } })
  })

  it('[RQ6] gives each another activity where their provider was reloaded', () => {
    const { world, first, second, activities } = both()
    const failure = { code: 'provider-restarted', message: '' }
    pass(world, 1_000)
    for (const activity of activities)
      for (const did of [provider, requestor])
        give(world, did, { type: 'activityStepped', activity, step: 'terminate', failure })
    const { id } = only(agreementsOf(world))
    const open = activitiesOf(world, provider).filter(({ state }) => state !== 'Terminated')
    expect(open.map(({ agreement, job, threads }) => [agreement, job, threads])).toEqual([
      [id, first, 2],
      [id, second, 2],
    ])
  })

  it('[ND12] read back from a log, leaves the other at work where one of them had another activity', () => {
    const { world, second, activities } = both()
    const { state } = nodeOf(world, provider)
    const { agreement, module, limits } = state.activities.get(activities[1])!
    const fields = { to: provider, agreement, job: second, module, threads: 2, limits }
    const next = stated(
      ActivityCreated,
      { author: requestor, issuedAt: after(begun, 1_000) },
      fields,
    ) as Verified<AnyBody>
    expect(replay(state, next, world.rng)).toEqual({ ok: true, value: 'new' })
    expect([...activities, next.id].map((id) => isOpenAt(world, provider, id))).toEqual([true, false, true])
  })

  it('[SH2] stands after a restart as it stood before, in activities, budgets and all', () => {
    const { world } = both()
    const { state, log } = nodeOf(world, requestor)
    const again = initialState(requestor)
    for (const event of log) expect(replay(again, event, world.rng)).toMatchObject({ ok: true })
    expect([...again.activities.keys()]).toEqual([...state.activities.keys()])
    expect([...again.links].map(([job, { agreements }]) => [job, [...agreements]])).toEqual(
      [...state.links].map(([job, { agreements }]) => [job, [...agreements]]),
    )
  })

  it('[SH3] ends both where one proves that their provider was wrong', () => {
    const { world, activities } = both()
    const failure = { code: 'wrong-receipt', message: '' }
    give(world, requestor, { type: 'activityStepped', activity: activities[0], step: 'terminate', failure })
    expect(only(agreementsOf(world)).ended).toMatchObject({ reason: { code: 'wrong-receipt' } })
    expect(activities.map((one) => isOpenAt(world, requestor, one))).toEqual([false, false])
    expect(activities.map((one) => isOpenAt(world, provider, one))).toEqual([false, false])
  })

  it('[SH4] ends one alone that is silent while the other is heard, on both sides', () => {
    const { world, activities } = both()
    for (const did of [provider, requestor])
      give(world, did, { type: 'activityStepped', activity: activities[0], step: 'lose' })
    pass(world, 2 * minuteMs)
    expect(
      agreementsOf(world)
        .concat(agreementsOf(world, provider))
        .map(({ state }) => state),
    ).toEqual(['approved', 'approved'])
    for (const did of [provider, requestor])
      expect(activities.map((one) => isOpenAt(world, did, one))).toEqual([false, true])
    expect(nodeOf(world, provider).effects).toContainEqual(
      expect.objectContaining({ type: 'closeActivity', activity: activities[0] }),
    )
  })

  it('[SH4] ends with its agreement where both are silent', () => {
    const { world, activities } = both()
    disconnect(world, requestor, provider)
    for (const activity of activities) give(world, provider, { type: 'activityStepped', activity, step: 'lose' })
    pass(world, 2 * minuteMs)
    expect(only(agreementsOf(world, provider)).ended).toMatchObject({ reason: { code: 'RequestorUnreachable' } })
    expect(activities.map((one) => isOpenAt(world, provider, one))).toEqual([false, false])
  })

  it('[SH5] waits ten seconds for the last receipt of a job that is over, and then takes its share back', () => {
    const { world, first, activities } = both()
    done(world, first)
    pass(world, 9_000)
    expect(isOpenAt(world, requestor, activities[0])).toBe(true)
    pass(world, 2_000)
    expect(activities.map((one) => isOpenAt(world, requestor, one))).toEqual([false, true])
    expect(only(agreementsOf(world)).state).toBe('approved')
  })

  it('[PV3] is not idle as long as one of them runs', () => {
    const { world, first, second, activities } = both()
    done(world, first)
    closed(world, activities[0])
    pass(world, 5 * minuteMs)
    expect(only(agreementsOf(world, provider)).state).toBe('approved')
    done(world, second)
    closed(world, activities[1])
    expect(only(agreementsOf(world, provider)).ended).toMatchObject({ reason: { code: 'Success' } })
  })

  it('[SH2] has a chain of receipts each', () => {
    const { world, first, second, activities } = both()
    for (const activity of activities)
      give(world, provider, { type: 'frameReady', activity, frame: frame(world, {}), token: 1 })
    const receipts = nodeOf(world, requestor).log.filter(({ body }) => body.type === ExecutionReceipt.type)
    expect(receipts.map(({ body }) => (body as never as { job: Cid; sequence: number }).sequence)).toEqual([0, 0])
    expect(receipts.map(({ body }) => (body as never as { job: Cid }).job)).toEqual([first, second])
  })
})

describe('a provider that is asked for an activity', () => {
  it('[SH6] says why not, and the requestor’s ends with that code and is taken elsewhere', () => {
    const world = market()
    const first = submit(world, requestor, { spec: policyWith({ keepMs: 30_000 }) })
    const activity = ready(world, first)
    done(world, first)
    closed(world, activity)
    command(world, provider, { type: 'sell', plan: aPlan({ facts: freeFacts, onlyModules: [someSpec.module] }) })
    const second = submit(world, requestor, { nonce: 2, spec: { module: aCid('another module') } })
    expect(activityFor(world, second)).toMatchObject({ state: 'Terminated', failure: { code: 'ready-made-only' } })
    expect(activitiesOf(world, provider)).toHaveLength(1)
    expect(nodeOf(world, requestor).state.jobs.get(second)?.notBefore.get(provider)).toMatchObject({
      reason: { code: 'ready-made-only' },
    })
  })

  it('[PV9] runs nothing under an agreement that it would not have made it for', () => {
    const world = market(aPlan({ facts: freeFacts, onlyModules: [someSpec.module] }))
    submit(world, requestor, { spec: halves })
    const { id: agreement } = only(agreementsOf(world))
    const { limits } = someSpec
    const fields = { to: provider, agreement, job: aCid('a job'), module: aCid('another module'), threads: 1, limits }
    expect(verdict(world, provider, stated(ActivityCreated, { author: requestor }, fields) as Verified<AnyBody>)).toBe(
      'ready-made-only',
    )
  })
})
