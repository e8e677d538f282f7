import { describe, expect, it } from 'vitest'
import { seeded } from '../kernel/rng.ts'
import { hourMs, minuteMs } from '../kernel/time.ts'
import { begun, provider, requestor } from '../market/market.examples.ts'
import { initialState } from './state.ts'
import { replay, step } from './step.ts'
import {
  aPlan,
  command,
  connect,
  createWorld,
  freeFacts,
  give,
  nodeOf,
  only,
  pass,
  submit,
  type World,
} from './world.examples.ts'

const free = aPlan({ facts: freeFacts })

/** Requestor and provider, connected; the provider gives its work away. */
function market(plan = free): World {
  const world = createWorld(requestor, provider)
  connect(world, requestor, provider)
  command(world, provider, { type: 'sell', plan })
  return world
}
const agreements = (world: World, did = requestor) => [...nodeOf(world, did).state.agreements.values()]
const activities = (world: World, did = requestor) => [...nodeOf(world, did).state.activities.values()]

describe('a step', () => {
  it('[ND2] persists what it states before anything else leaves', () => {
    const world = market()
    submit(world, requestor)
    for (const { effects } of world.nodes.values()) expect(effects.length).toBeGreaterThan(10)
    const node = initialState(requestor)
    const { effects } = step(
      node,
      { type: 'command', command: { type: 'sell', plan: free }, token: 1 },
      begun,
      seeded(1),
    )
    expect(effects.map(({ type }) => type)).toEqual(['persist', 'answer', 'publish', 'wake'])
  })

  it('[ND1] gives the same for the same', () => {
    const play = () => {
      const world = market()
      submit(world, requestor)
      pass(world, hourMs)
      return [...world.nodes.values()].map(({ log, timers }) => [log.map(({ id }) => id), [...timers]])
    }
    expect(play()).toEqual(play())
  })

  it('[ND3] [CU1] a node that is read back from its log goes on where it was', () => {
    const world = market()
    const job = submit(world, requestor)
    const { log } = nodeOf(world, requestor)
    const revived = initialState(requestor)
    for (const event of log) expect(replay(revived, event, seeded(2))).toMatchObject({ ok: true })
    expect(revived.agreements).toEqual(nodeOf(world, requestor).state.agreements)
    expect(revived.jobs.get(job)?.id).toBe(job)
    nodeOf(world, requestor).state = revived
    give(world, requestor, { type: 'start' })
    connect(world, requestor, provider)
    pass(world, 1_000)
    expect(only(agreements(world)).state).toBe('approved')
    expect(only(activities(world)).state).toBe('New')
    const opens = nodeOf(world, requestor).effects.filter(({ type }) => type === 'openActivity')
    expect(opens.length).toBeGreaterThan(1)
  })

  it('[ND3] a start forgets no open thread: its provider is not engaged for ever', () => {
    const world = market()
    world.loses = () => true
    submit(world, requestor)
    const revived = initialState(requestor)
    for (const event of nodeOf(world, requestor).log) replay(revived, event, seeded(2))
    nodeOf(world, requestor).state = revived
    nodeOf(world, requestor).timers.clear()
    give(world, requestor, { type: 'start' })
    world.loses = () => false
    connect(world, requestor, provider)
    pass(world, 2 * minuteMs)
    expect(agreements(world).some(({ state }) => state === 'approved')).toBe(true)
  })

  it('[ND8] refuses commands that cannot be obeyed', () => {
    const world = market()
    const job = submit(world, requestor)
    const nonce = new Uint8Array(16).fill(1)
    const submitted = {
      type: 'submitJob',
      job,
      nonce,
      spec: nodeOf(world, requestor).state.jobs.get(job)!.spec,
    } as const
    expect(command(world, requestor, submitted)).toMatchObject({ code: 'job-known' })
    expect(command(world, provider, submitted)).toMatchObject({ code: 'job-misnamed' })
    for (const type of ['sealJob', 'cancelJob'] as const) {
      const told = { type, job: agreements(world)[0]!.id, taskCount: 1, sourceLost: false, reason: '' } as const
      expect(command(world, requestor, told)).toMatchObject({ code: 'job-unknown' })
      command(world, requestor, { type: 'cancelJob', job, reason: '' })
      expect(command(world, requestor, { ...told, job })).toMatchObject({ code: 'job-over' })
    }
  })
})
