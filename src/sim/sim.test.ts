import { describe, expect, it } from 'vitest'
import { everyFault, type Faults, noFaults } from './faults.ts'
import { announced } from './scenarios/announced.ts'
import { checkedJobs } from './scenarios/checked.ts'
import { churn } from './scenarios/churn.ts'
import { committedJobs } from './scenarios/committed.ts'
import { costlyNotes } from './scenarios/costly-notes.ts'
import { credits } from './scenarios/credits.ts'
import { fuelSellers } from './scenarios/fuel-sellers.ts'
import { hostileCrowd } from './scenarios/hostile-crowd.ts'
import { relayDeath } from './scenarios/relay-death.ts'
import { rightBehind, waitedMs } from './scenarios/right-behind.ts'
import { sharedAgreements, sharedCount } from './scenarios/shared-agreements.ts'
import { safetyThenLiveness, tenNodes } from './scenarios/ten-nodes.ts'
import { toldBoth } from './scenarios/told-both.ts'
import { twoNodes } from './scenarios/two-nodes.ts'
import { type Pinned, pinned } from './seeds.ts'
import { ed25519Signing } from './signing.ts'
import type { World } from './world.ts'

const jobsOf = (world: World) => world.hosts.flatMap(({ node }) => [...node.jobs.values()])

describe('the same node in virtual time', () => {
  it('runs a job between two tabs from its submission to its last receipt', () => {
    const world = twoNodes(1)
    world.run(120_000)
    const [job] = jobsOf(world)
    expect(job?.outcome).toBe('Completed')
    expect(job?.progress).toMatchObject({ total: 40, done: 40, ok: 40, failed: 0 })
  })

  it('runs jobs that are announced, by those who bid best', () => {
    const world = announced(1, noFaults)
    world.run(300_000)
    const jobs = jobsOf(world)
    expect(jobs.map(({ outcome }) => outcome)).toEqual(jobs.map(() => 'Completed'))
    expect(world.checks.agreements.count()).toBeGreaterThanOrEqual(jobs.length)
  })

  it('takes the same course for the same seed, whatever its faults', () => {
    const course = () => {
      const world = tenNodes({ seed: 7, faults: everyFault })
      world.run(90_000)
      return [world.trace, world.steps, world.happenings]
    }
    expect(course()).toEqual(course())
  })

  it('takes the same course whatever world ran before it', () => {
    const course = () => {
      const world = hostileCrowd(1, noFaults)
      world.run(25_000)
      return [world.trace, world.steps, world.happenings, world.checks.receipts.count()]
    }
    const alone = course()
    announced(1, noFaults).run(60_000)
    expect(course()).toEqual(alone)
  })

  it('[RQ9] begins a job within 0.3 s after its provider is idle again, whatever crosses on the way', () => {
    const waits = [52, 74, 140, 146].map((seed) => {
      const world = rightBehind(seed)
      world.run(20_000)
      return waitedMs(world) ?? Number.POSITIVE_INFINITY
    })
    expect(Math.max(...waits)).toBeLessThan(300)
  })

  it('[OF6] tells everybody when nothing is on sale any more', () => {
    const world = twoNodes(1)
    world.run(6_000)
    expect(world.hosts.map(({ node }) => [node.offers.size, node.offer])).toEqual([
      [0, undefined],
      [0, undefined],
    ])
  })

  it('goes on with the links it has when the only relay dies', () => {
    const jobs = jobsOf(relayDeath(3))
    expect(jobs.map(({ outcome }) => outcome)).toEqual(jobs.map(() => 'Completed'))
  })
})

describe('safety under faults, then everything that was begun ends', { timeout: 60_000 }, () => {
  it.each([201, 202, 203])('[CS1] [CS5] ten tabs with a random part of all faults, seed %i', (seed) => {
    const world = tenNodes({ seed })
    safetyThenLiveness(world, 180_000)
    expect(world.checks.acceptances.count()).toBeGreaterThan(5)
  })

  it.each([1, 2])('announced jobs with a random part of all faults, seed %i', (seed) => {
    safetyThenLiveness(announced(seed), 180_000)
  })

  it.each([4, 12, 61, 837])(
    '[SH1] [SH2] [AC23] jobs that share agreements with a random part of all faults, seed %i',
    (seed) => {
      safetyThenLiveness(sharedAgreements(seed), 180_000)
    },
  )

  it('[RQ13] shares most agreements in fair weather, and ends every job', () => {
    const world = sharedAgreements(1, noFaults)
    world.run(170_000)
    expect(sharedCount(world)).toBeGreaterThanOrEqual(6)
    expect(jobsOf(world).map(({ outcome }) => outcome)).toEqual(jobsOf(world).map(() => 'Completed'))
  })

  it('proves a lie to whoever was told both, and takes the job elsewhere', () => {
    const worlds = [1, 2, 3, 4, 5].map(toldBoth)
    for (const world of worlds) {
      safetyThenLiveness(world, 180_000)
      expect(jobsOf(world).map(({ progress }) => progress.ok)).toEqual([60, 60, 60])
    }
    expect(worlds.reduce((sum, { checks }) => sum + checks.receipts.proven(), 0)).toBeGreaterThan(worlds.length / 2)
  })

  it.each(pinned)('seed $seed of $scenario, which showed: $showed', (one) => {
    safetyThenLiveness(worldOf(one), 180_000)
  })

  it('pays who computed, and lends all strangers together no more than one limit', () => {
    const world = credits(1, noFaults)
    world.run(240_000)
    expect(world.checks.money.promised()).toBeGreaterThan(0n)
  })

  it('sells by fuel: what is paid is the price of what the receipts tell, and the small budgets end their jobs', () => {
    const world = fuelSellers(1, noFaults)
    world.run(300_000)
    const jobs = jobsOf(world)
    expect(jobs.map(({ reason }) => reason)).toEqual(['fuel-budget-used', '', 'fuel-budget-used', ''])
    for (const { spec, progress } of jobs) expect(progress.fuelUsed).toBeLessThanOrEqual(spec.policy.maxFuel ?? 0n)
    const told = world.hosts.flatMap(({ node }) =>
      [...node.chains.values()].filter(({ requestor }) => requestor === node.me),
    )
    expect(told.every(({ isFinal }) => isFinal)).toBe(true)
    expect(world.checks.money.promised()).toBe(told.reduce((sum, { cost }) => sum + cost, 0n))
    expect(world.checks.money.promised()).toBeGreaterThan(0n)
  })

  it.each([1, 2, 3])('[FB1] no budget of fuel is passed, whatever is lost, seed %i', (seed) => {
    safetyThenLiveness(fuelSellers(seed), 180_000)
  })

  it('finds those who make results up, believes none that others contradict, and asks none of them again', () => {
    const world = checkedJobs(1, noFaults)
    world.run(400_000)
    const jobs = jobsOf(world)
    expect(jobs.map(({ outcome }) => outcome)).toEqual(jobs.map(() => 'Completed'))
    expect(world.checks.provenWrong.size).toBe(3)
    expect(world.checks.agreedResults()).toBeGreaterThan(200)
  })

  it.each([1, 2, 3, 9])('[SC13] no liar is believed against others, whatever is lost, seed %i', (seed) => {
    const world = checkedJobs(seed)
    safetyThenLiveness(world, 180_000)
    expect(world.checks.provenWrong.size).toBeGreaterThan(0)
  })

  it('[CO2] [CO3] [CO4] takes what was committed to before any of it was shown, and finds who shows something else', () => {
    const world = committedJobs(1, noFaults)
    world.run(400_000)
    const jobs = jobsOf(world)
    expect(jobs).toHaveLength(6)
    expect(jobs.map(({ outcome }) => outcome)).toEqual(jobs.map(() => 'Completed'))
    expect(world.checks.rounds.shown()).toBeGreaterThan(500)
    expect([...world.checks.rounds.refusals.values()]).toEqual(['reveal-differs'])
    expect(world.checks.provenWrong.size).toBe(1)
  })

  it.each([1, 2, 7])(
    '[CO3] [CO4] [CO7] every round ends, and nothing is shown before, whatever is lost, seed %i',
    (seed) => {
      const world = committedJobs(seed)
      safetyThenLiveness(world, 180_000)
      expect(world.checks.rounds.shown()).toBeGreaterThan(50)
    },
  )

  it('[SC6] takes nobody for late who waits to be paid', () => {
    const world = costlyNotes(1)
    world.run(240_000)
    const [job] = jobsOf(world)
    expect(job?.progress).toMatchObject({ ok: 400, failed: 0 })
    expect(world.hosts[1]?.plane.requestor.describe(job!.id)).not.toMatch(/[1-9]\d* late|excluded \d/)
  })

  it('fifty tabs with real Ed25519', () => {
    const world = tenNodes({
      seed: 50,
      nodes: 50,
      signing: ed25519Signing(),
      faults: { ...noFaults, lossPermille: 20 },
    })
    world.run(60_000)
    expect(jobsOf(world).some(({ outcome }) => outcome === 'Completed')).toBe(true)
  })

  it('a thousand tabs that come and go, one message in twenty lost', () => {
    const world = churn({ seed: 1, nodes: 1_000 })
    world.run(20_000)
    expect(world.steps).toBeGreaterThan(20_000)
  })
})

function worldOf({ seed, scenario, only }: Pinned): World {
  const faults =
    only && ({ ...noFaults, ...Object.fromEntries(only.map((name) => [name, everyFault[name]])) } as Faults)
  if (scenario === 'hostile-crowd') return hostileCrowd(seed, faults)
  if (scenario === 'credits') return credits(seed, faults)
  if (scenario === 'announced') return announced(seed, faults)
  if (scenario === 'fuel-sellers') return fuelSellers(seed, faults)
  return tenNodes({ seed, ...(faults && { faults }) })
}
