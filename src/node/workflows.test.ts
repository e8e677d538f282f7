import { describe, expect, it } from 'vitest'
import { someNonce } from '../activity/job.examples.ts'
import { jobId } from '../activity/job.ts'
import { aGraph, aStage } from '../activity/workflow.examples.ts'
import type { WorkflowSpec } from '../activity/workflow-messages.ts'
import type { Amount } from '../kernel/amount.ts'
import { seeded } from '../kernel/rng.ts'
import { minuteMs } from '../kernel/time.ts'
import { provider, requestor } from '../market/market.examples.ts'
import type { Cid } from '../wire/cid.ts'
import { billsOfJob } from './money.ts'
import { initialState } from './state.ts'
import { replay } from './step.ts'
import { standingsIn } from './workflows.ts'
import {
  aPlan,
  command,
  connect,
  createWorld,
  frame,
  give,
  makeReady,
  nodeOf,
  only,
  pass,
  verdict,
  type World,
} from './world.examples.ts'

const line = aGraph([aStage('a'), aStage('b', ['a'])])
const fork = aGraph([aStage('left'), aStage('right'), aStage('both', ['left', 'right'])])
const price = (maxPrice: bigint): { maxPrice: Amount } => ({ maxPrice: maxPrice as Amount })

function submitWorkflow(world: World, spec: WorkflowSpec, seed = 7): Cid {
  const nonce = new Uint8Array(16).fill(seed)
  const workflow = jobId(requestor, nonce)
  const submitted = command(world, requestor, { type: 'submitWorkflow', workflow, nonce, spec })
  if (!submitted.ok) throw new Error(submitted.code)
  return workflow
}

const stateIn = (world: World) => nodeOf(world, requestor).state
const workflowIn = (world: World, id: Cid) => stateIn(world).workflows.get(id)!
const statesIn = (world: World, id: Cid): Record<string, string> =>
  Object.fromEntries(standingsIn(stateIn(world), workflowIn(world, id)).map(({ stage, state }) => [stage.id, state]))
const newest = (world: World, id: Cid, stage: string): Cid => workflowIn(world, id).attempts.get(stage)!.at(-1)!

/** The job of a stage comes to its end. */
function finish(world: World, job: Cid, { ok = 4, failed = 0 } = {}): void {
  const done = ok + failed
  command(world, requestor, { type: 'sealJob', job, taskCount: done, sourceLost: false })
  const progress = { total: done, isSealed: true, done, ok, failed, inFlight: 0, fuelUsed: 0n }
  give(world, requestor, { type: 'tasksReported', job, progress })
}

/** The same node after its tab was lost: all it knows is its log. */
function reload(world: World): void {
  const node = nodeOf(world, requestor)
  const revived = initialState(requestor)
  for (const event of node.log) replay(revived, event, seeded(2))
  node.state = revived
  node.timers.clear()
  give(world, requestor, { type: 'start' })
}

describe('the stages of a workflow', () => {
  it('[WL1] are begun one after the other, each by what the one before brought', () => {
    const world = createWorld(requestor)
    const id = submitWorkflow(world, line)
    expect(statesIn(world, id)).toEqual({ a: 'running', b: 'waiting' })
    const first = newest(world, id, 'a')
    expect(stateIn(world).jobs.get(first)).toMatchObject({ stage: { workflow: id, stage: 'a', attempt: 0 } })
    expect(stateIn(world).jobs.get(first)?.spec.name).toBe('words of a book: a')
    finish(world, first)
    expect(statesIn(world, id)).toEqual({ a: 'done', b: 'running' })
    finish(world, newest(world, id, 'b'))
    expect(workflowIn(world, id)).toMatchObject({ status: 'Completed', reason: '' })
  })

  it('[WL1] go on by themselves after the tab was lost, and none is begun twice', () => {
    const world = createWorld(requestor)
    const id = submitWorkflow(world, fork)
    const { log } = nodeOf(world, requestor)
    finish(world, newest(world, id, 'left'))
    const right = newest(world, id, 'right')
    finish(world, right)
    for (let written = log.length; written > 0; written--) {
      const other = createWorld(requestor)
      nodeOf(other, requestor).log.push(...log.slice(0, written))
      reload(other)
      const jobs = [...stateIn(other).jobs.values()].map(({ stage }) => stage?.stage)
      expect(new Set(jobs).size).toBe(jobs.length)
      expect(jobs).toContain('right')
    }
    reload(world)
    expect(statesIn(world, id)).toEqual({ left: 'done', right: 'done', both: 'running' })
    finish(world, newest(world, id, 'both'))
    expect(workflowIn(world, id).status).toBe('Completed')
  })

  it('[WL1] are nobody else’s to tell, and refused where they cannot be', () => {
    const world = createWorld(requestor, provider)
    const id = submitWorkflow(world, line)
    const [submitted] = nodeOf(world, requestor).log
    expect(verdict(world, provider, submitted!)).toBe('not-taken-here')
    const nonce = new Uint8Array(16).fill(7)
    const again = { type: 'submitWorkflow', workflow: id, nonce, spec: line } as const
    expect(command(world, requestor, again)).toMatchObject({ code: 'workflow-known' })
    expect(command(world, requestor, { ...again, nonce: someNonce, workflow: newest(world, id, 'a') })).toMatchObject({
      code: 'workflow-misnamed',
    })
    const none = { type: 'retryWorkflow', workflow: newest(world, id, 'a') } as const
    expect(command(world, requestor, none)).toMatchObject({ code: 'workflow-unknown' })
    expect(command(world, requestor, { ...none, workflow: id })).toMatchObject({ code: 'workflow-not-failed' })
  })

  it('[WL2] run again where they failed, and what is done is not begun again', () => {
    const world = createWorld(requestor)
    const id = submitWorkflow(world, fork)
    const left = newest(world, id, 'left')
    finish(world, left)
    finish(world, newest(world, id, 'right'), { ok: 3, failed: 1 })
    expect(workflowIn(world, id)).toMatchObject({ status: 'Failed', reason: 'stage-failed' })
    expect(statesIn(world, id)).toEqual({ left: 'done', right: 'failed', both: 'waiting' })
    expect(command(world, requestor, { type: 'retryWorkflow', workflow: id })).toMatchObject({ ok: true })
    expect(statesIn(world, id)).toEqual({ left: 'done', right: 'running', both: 'waiting' })
    reload(world)
    expect(workflowIn(world, id).attempts.get('right')).toHaveLength(2)
    finish(world, newest(world, id, 'right'), { ok: 1 })
    finish(world, newest(world, id, 'both'))
    expect(workflowIn(world, id)).toMatchObject({ status: 'Completed' })
    expect(workflowIn(world, id).attempts.get('left')).toEqual([left])
  })

  it('[WL2] are given up by hand after 64 tries', () => {
    const world = createWorld(requestor)
    const id = submitWorkflow(world, aGraph([aStage('a')]))
    const retry = () => command(world, requestor, { type: 'retryWorkflow', workflow: id })
    for (let attempt = 0; attempt < 63; attempt++) {
      finish(world, newest(world, id, 'a'), { ok: 0, failed: 1 })
      expect(retry()).toMatchObject({ ok: true })
    }
    finish(world, newest(world, id, 'a'), { ok: 0, failed: 1 })
    expect(retry()).toMatchObject({ code: 'too-many-attempts' })
  })

  it('[WL4] end with their workflow, and can be taken up again', () => {
    const world = createWorld(requestor)
    const id = submitWorkflow(world, fork)
    finish(world, newest(world, id, 'left'))
    const right = newest(world, id, 'right')
    const cancelled = command(world, requestor, { type: 'cancelWorkflow', workflow: id, reason: 'cancelled' })
    expect(cancelled).toMatchObject({ ok: true })
    expect(stateIn(world).jobs.get(right)).toMatchObject({ outcome: 'Cancelled', reason: 'cancelled' })
    expect(workflowIn(world, id)).toMatchObject({ status: 'Cancelled', reason: 'cancelled' })
    expect(command(world, requestor, { type: 'cancelWorkflow', workflow: id, reason: '' })).toMatchObject({
      code: 'workflow-over',
    })
    command(world, requestor, { type: 'retryWorkflow', workflow: id })
    expect(statesIn(world, id)).toEqual({ left: 'done', right: 'running', both: 'waiting' })
  })
})

describe('the price of a workflow', () => {
  const totals = (world: World) => [...stateIn(world).allocations.values()].map(({ total }) => total)

  it('[WL3] is shared by stages that run side by side, and what they leave is for those behind them', () => {
    const world = createWorld(requestor)
    const id = submitWorkflow(world, { ...fork, ...price(1_000n) })
    expect(totals(world)).toEqual([500n, 500n])
    expect(stateIn(world).jobs.get(newest(world, id, 'left'))?.spec.platform).toBe('credits')
    finish(world, newest(world, id, 'left'))
    finish(world, newest(world, id, 'right'))
    pass(world, 1_000)
    expect(totals(world)).toEqual([500n, 500n, 1_000n])
  })

  it('[WL3] is not spent twice: the bills of a stage are awaited before the next', () => {
    const world = createWorld(requestor, provider)
    connect(world, requestor, provider)
    command(world, provider, { type: 'sell', plan: aPlan() })
    const id = submitWorkflow(world, { ...line, ...price(1_000_000n) })
    const activity = only(stateIn(world).activities.keys())
    makeReady(world, activity, [requestor, provider])
    give(world, provider, { type: 'frameReady', activity, frame: frame(world, { seconds: 60 }), token: 1 })
    world.loses = (from, _, type) => from === provider && type === 'payment/invoice'
    finish(world, newest(world, id, 'a'))
    pass(world, 5_000)
    expect(statesIn(world, id)).toEqual({ a: 'done', b: 'ready' })
    pass(world, minuteMs)
    expect(statesIn(world, id)).toEqual({ a: 'done', b: 'running' })
    const unpaid = billsOfJob(stateIn(world), newest(world, id, 'a'))
    expect(unpaid).toBeGreaterThan(0n)
    expect(totals(world)).toEqual([1_000_000n, 1_000_000n - unpaid])
  })

  it('[WL3] that is used up ends it', () => {
    const world = createWorld(requestor)
    const id = submitWorkflow(world, { ...fork, ...price(1n) })
    expect(workflowIn(world, id)).toMatchObject({ status: 'Failed', reason: 'over-budget' })
  })
})

describe('a workflow that is over', () => {
  it('[WL5] stays with its jobs, unless 32 newer ones ended', () => {
    const world = createWorld(requestor)
    const all = Array.from({ length: 33 }, (_, n) => {
      const id = submitWorkflow(world, line, n)
      command(world, requestor, { type: 'cancelWorkflow', workflow: id, reason: '' })
      pass(world, 10)
      return id
    })
    pass(world, 30 * minuteMs)
    expect([...stateIn(world).workflows.keys()]).toEqual(all.slice(1))
  })
})
