import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seeded } from '../kernel/rng.ts'
import { after as later, type Timestamp } from '../kernel/time.ts'
import { agreement, exampleCid, provider, requestor } from '../receipts/receipt.examples.ts'
import type { Cid } from '../wire/cid.ts'
import type { Verified } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'
import { type Account, acceptedOf, accruedOf, hasFolded, meter } from './account.ts'
import { type Allocation, evolveAllocation, spend, spentOf } from './allocation.ts'
import { type Channel, openChannel } from './channel.ts'
import { evolvePayment } from './evolve.ts'
import { type AccountBody, Allocated } from './messages.ts'
import { account, coins, openedAt, perSecond, worked } from './payment.examples.ts'
import { reactProvider } from './provider.ts'
import { reactRequestor } from './requestor.ts'

/** One side as its node would hold it: books, channel, and what it has still to bring. */
type Side = { me: Did; account: Account; channel: Channel; outbox: Map<Cid, Verified<AccountBody>> }
type World = { sides: Record<Did, Side>; allocation: Allocation; endedAt?: Timestamp; now: Timestamp }

const activities = [exampleCid('one'), exampleCid('two')] as const

function begin(budget: bigint): World {
  const side = (me: Did): Side => ({
    me,
    account: account(),
    channel: openChannel(requestor, provider),
    outbox: new Map(),
  })
  const head = { author: requestor, issuedAt: openedAt }
  const given = Allocated.author(head, { job: exampleCid('job'), total: coins(budget), until: later(openedAt, 1e9) })
  const allocation = evolveAllocation(undefined, given)
  if (!allocation.ok) throw new Error(allocation.code)
  return {
    sides: { [provider]: side(provider), [requestor]: side(requestor) },
    allocation: allocation.value,
    now: openedAt,
  }
}

function fold(world: World, side: Side, event: Verified<AccountBody>): boolean {
  if (hasFolded(side.account, event.id)) return true
  const next = evolvePayment(side, event, { at: world.now, me: side.me })
  if (!next.ok) return false
  Object.assign(side, next.value)
  if (side.me !== requestor) return true
  const spent = spend(world.allocation, { agreement, total: acceptedOf(side.account) })
  if (!spent.ok) throw new Error(spent.code)
  world.allocation = spent.value
  return true
}

/** Acts until nothing new is stated; what is to be brought waits in the outbox. */
function act(world: World, side: Side): void {
  for (let round = 0; round < 10; round++) {
    const facts = { budgetOf: () => world.allocation, channel: side.channel, endedAt: world.endedAt }
    const owed = (side.me === provider ? reactProvider : reactRequestor)(side.account, facts, world.now)
    side.outbox.clear()
    for (const one of owed)
      if (one.type === 'deliver') side.outbox.set(one.event.id, one.event as Verified<AccountBody>)
    const said = owed.filter((one) => one.type === 'state')
    for (const { kind, fields, prev } of said) {
      const event = kind.author({ author: side.me, issuedAt: world.now, prev }, fields) as Verified<AccountBody>
      if (!fold(world, side, event)) throw new Error(`own ${kind.type} was refused`)
    }
    if (said.length === 0) return
  }
  throw new Error('a side never came to rest')
}

function run(seed: number, { budget, lossPermille }: { budget: bigint; lossPermille: number }): World {
  const world = begin(budget)
  const rng = seeded(seed)
  const [theirs, ours] = [world.sides[provider]!, world.sides[requestor]!]
  const worked_ = new Map<Cid, number>()
  let [fallen, before] = [0, coins(0)]
  for (let tick = 0; tick < 400; tick++) {
    world.now = later(world.now, 1_000 + rng.below(2_000))
    if (tick === 60) world.endedAt = world.now
    if (tick < 60) {
      const activity = activities[rng.below(2)]!
      const seconds = (worked_.get(activity) ?? 0) + 1 + rng.below(3)
      worked_.set(activity, seconds)
      theirs.account = meter(theirs.account, worked(seconds, { activity }))
      if (!rng.chance(200)) ours.account = meter(ours.account, worked(seconds, { activity }))
    } else {
      for (const [activity, seconds] of worked_) ours.account = meter(ours.account, worked(seconds, { activity }))
    }
    for (const side of [theirs, ours]) act(world, side)
    for (const [from, to] of [
      [theirs, ours],
      [ours, theirs],
    ] as const) {
      const carried = [...from.outbox.values()].sort(() => rng.below(3) - 1)
      for (const event of carried) if (!rng.chance(lossPermille)) fold(world, to, event)
    }
    const accepted = acceptedOf(ours.account)
    if (accepted < before) fallen++
    before = accepted
    if (spentOf(world.allocation) !== accepted || accepted > budget) throw new Error('money out of nothing')
    if (theirs.channel.total > ours.channel.total) throw new Error('a voucher that nobody signed')
  }
  expect(fallen).toBe(0)
  return world
}

describe('two parties', () => {
  const seed = fc.nat()
  const lossPermille = fc.constantFrom(0, 100, 500, 900)

  it('[AC19] end with equal books and everything paid, whatever is lost, late or repeated', () => {
    fc.assert(
      fc.property(seed, lossPermille, (start, loss) => {
        const { sides } = run(start, { budget: 1_000n * perSecond, lossPermille: loss })
        const [theirs, ours] = [sides[provider]!, sides[requestor]!]
        expect(theirs.account.invoice?.status).toBe('settled')
        expect(ours.account.invoice?.status).toBe('settled')
        const paid = acceptedOf(theirs.account)
        expect([acceptedOf(ours.account), theirs.channel.total, ours.channel.total]).toEqual([paid, paid, paid])
        expect(paid).toBe(accruedOf(theirs.account))
        const all = [...ours.account.activities.values()]
        if (loss <= 100) expect(all.every(({ noteCount, accepted }) => noteCount > 3 && accepted > 0n)).toBe(true)
      }),
      { numRuns: 25 },
    )
  })

  it('[AC17] [AC19] end with the budget spent where it does not reach', () => {
    fc.assert(
      fc.property(seed, lossPermille, (start, loss) => {
        const { sides } = run(start, { budget: 20n * perSecond, lossPermille: loss })
        const [theirs, ours] = [sides[provider]!, sides[requestor]!]
        expect(theirs.account.invoice?.status).toBe('settled')
        expect(acceptedOf(theirs.account)).toBe(20n * perSecond)
        expect(acceptedOf(ours.account)).toBe(20n * perSecond)
      }),
      { numRuns: 15 },
    )
  })
})
