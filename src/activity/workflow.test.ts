import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aCid, begun, provider, requestor, stated } from '../market/market.examples.ts'
import type { Cid } from '../wire/cid.ts'
import { aJob, someNonce } from './job.examples.ts'
import { type Job, jobId } from './job.ts'
import type { JobOutcome } from './job-status.ts'
import { aGraph, aStage, aWorkflow, someWorkflow, workflowSubmission } from './workflow.examples.ts'
import {
  endingOf,
  evolveWorkflow,
  lastStages,
  stageNonce,
  standings,
  type Workflow,
  withAttempt,
  workflowMachine,
} from './workflow.ts'
import { checkWorkflow, stagesBefore } from './workflow-check.ts'
import { type StageSpec, WorkflowEnded, WorkflowRetried } from './workflow-messages.ts'

const codeOf = (stages: readonly StageSpec[]): string => {
  const checked = checkWorkflow(aGraph(stages))
  return checked.ok ? 'fine' : checked.code
}
const workflow = jobId(requestor, someNonce)
const end = (status: 'Completed' | 'Failed' | 'Cancelled', author = requestor) =>
  stated(WorkflowEnded, { author }, { workflow, status, reason: 'why' })
const retry = (stages: string[], author = requestor) => stated(WorkflowRetried, { author }, { workflow, stages })

describe('a graph of stages', () => {
  it('[WF2] may be one stage, a pipeline, or branches that meet again', () => {
    expect(checkWorkflow(someWorkflow)).toMatchObject({ ok: true, value: someWorkflow })
    expect(codeOf([aStage('only')])).toBe('fine')
    expect(codeOf([aStage('d', ['b', 'c']), aStage('c', ['a']), aStage('b', ['a']), aStage('a')])).toBe('fine')
  })

  it('[WF2] is refused where its stages go round, and the stages of the circle are named', () => {
    const stages = [aStage('start'), aStage('a', ['start', 'c']), aStage('b', ['a']), aStage('c', ['b'])]
    expect(checkWorkflow(aGraph(stages))).toMatchObject({
      ok: false,
      code: 'workflow-cycle',
      facts: { stages: 'a → b → c → a' },
    })
    expect(checkWorkflow(aGraph([aStage('a', ['a'])]))).toMatchObject({ facts: { stages: 'a → a' } })
  })

  it.each([
    ['workflow-empty', []],
    ['too-many-stages', Array.from({ length: 65 }, (_, n) => aStage(`s${n}`))],
    ['stage-misnamed', [aStage('no blanks')]],
    ['stage-twice', [aStage('a'), aStage('a')]],
    ['stage-unknown', [aStage('a', ['b'])]],
    ['stage-without-input', [aStage('a', [], { kind: 'map' })]],
    ['input-unknown', [aStage('a', [], { inputs: [{ from: 'job', name: 'no', output: 'stdout', into: 'stdin' }] })]],
    ['input-twice', [aStage('a'), aStage('b', ['a', 'a'])]],
    [
      'path-not-allowed',
      [aStage('a'), aStage('b', [], { inputs: [{ from: 'stage', name: 'a', output: 'stdout', into: '../b' }] })],
    ],
    ['workflow-malformed', [aStage('a', [], { fanIn: 5_000 })]],
    ['workflow-too-large', Array.from({ length: 64 }, (_, n) => aStage(`s${n}`, [], { args: ['x'.repeat(4_096)] }))],
  ] as const)('[WF2] is refused as %s', (code, stages) => {
    expect(codeOf(stages)).toBe(code)
  })

  it('[WF2] is fine exactly when its stages can be put in an order', () => {
    const edges = fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 12 })
    fc.assert(
      fc.property(edges, (pairs) => {
        const stages = Array.from({ length: 8 }, (_, n) =>
          aStage(`s${n}`, [...new Set(pairs.flatMap(([to, from]) => (to === n ? [`s${from}`] : [])))]),
        )
        const order = new Set<string>()
        for (let round = 0; round < 8; round++)
          for (const stage of stages) if (stagesBefore(stage).every((id) => order.has(id))) order.add(stage.id)
        expect(codeOf(stages)).toBe(order.size === 8 ? 'fine' : 'workflow-cycle')
      }),
    )
  })

  it('[WF2] has what nobody reads as its result', () => {
    expect(lastStages(someWorkflow)).toEqual(['merge'])
    expect(lastStages(aGraph([aStage('a'), aStage('b', ['a']), aStage('c', ['a'])]))).toEqual(['b', 'c'])
  })
})

describe('the facts of a workflow', () => {
  it('[WF1] [WF3] begin with its submission, once, under its own name', () => {
    expect(aWorkflow()).toMatchObject({ id: workflow, requestor, status: 'Running', submittedAt: begun })
    expect(evolveWorkflow(aWorkflow(), workflowSubmission())).toMatchObject({ code: 'workflow-known' })
    const foreign = { ...workflowSubmission().body, author: provider }
    const misnamed = { ...workflowSubmission(), body: foreign } as ReturnType<typeof workflowSubmission>
    expect(evolveWorkflow(undefined, misnamed)).toMatchObject({ code: 'workflow-misnamed' })
    expect(evolveWorkflow(undefined, end('Failed'))).toMatchObject({ code: 'workflow-unknown' })
    expect(evolveWorkflow(aWorkflow(), end('Failed', provider))).toMatchObject({ code: 'workflow-not-yours' })
  })

  it('[WF3] end it once, and what did not succeed can be taken up again', () => {
    for (const status of ['Failed', 'Cancelled'] as const) {
      const over = must(aWorkflow(), end(status))
      expect(over).toMatchObject({ status, reason: 'why' })
      expect(evolveWorkflow(over, end('Completed'))).toMatchObject({ code: 'workflow-over' })
      const again = must(over, retry(['count']))
      expect(again).toMatchObject({ status: 'Running', reason: '', endedAt: undefined, due: new Set(['count']) })
    }
    const done = must(aWorkflow(), end('Completed'))
    expect(evolveWorkflow(done, retry([]))).toMatchObject({ code: 'workflow-not-failed' })
    expect(workflowMachine.isFinal('Completed')).toBe(true)
  })

  it('[WF6] name the job of an attempt alike however often it is begun', () => {
    const first = { workflow, stage: 'count', attempt: 0 }
    expect(stageNonce(first)).toEqual(stageNonce({ ...first }))
    const others = [
      { ...first, attempt: 1 },
      { ...first, stage: 'merge' },
      { ...first, workflow: aCid('other') },
    ]
    const nonces = [first, ...others].map((ref) => stageNonce(ref).join())
    expect(new Set(nonces).size).toBe(4)
    expect(stageNonce(first)).toHaveLength(16)
    const begun = attempted(aWorkflow(), 'count')
    const job = begun.attempts.get('count')?.[0] ?? aCid('none')
    expect(withAttempt(begun, job, first)).toMatchObject({ code: 'stage-misplaced' })
    expect(withAttempt(begun, aCid('any'), { ...first, attempt: 1 })).toMatchObject({ code: 'stage-misplaced' })
    expect(withAttempt(begun, job, { ...first, stage: 'none' })).toMatchObject({ code: 'stage-unknown' })
  })
})

function must(workflow: Workflow, event: Parameters<typeof evolveWorkflow>[1]): Workflow {
  const next = evolveWorkflow(workflow, event)
  if (!next.ok) throw new Error(next.code)
  return next.value
}

function attempted(workflow: Workflow, stage: string): Workflow {
  const at = { workflow: workflow.id, stage, attempt: workflow.attempts.get(stage)?.length ?? 0 }
  const next = withAttempt(workflow, jobId(requestor, stageNonce(at)), at)
  if (!next.ok) throw new Error(next.code)
  return next.value
}

const ran = (outcome: JobOutcome | undefined, ok: number, failed = 0): Job =>
  aJob({ outcome, progress: { total: 10, isSealed: true, done: ok + failed, ok, failed, inFlight: 0, fuelUsed: 5n } })

describe('how far a stage is', () => {
  const line = aGraph([aStage('a'), aStage('b', ['a']), aStage('c', ['b'])])
  const told = (workflow: Workflow, jobs: ReadonlyMap<Cid, Job>) =>
    standings(workflow, (id) => jobs.get(id)).map(({ state }) => state)

  it('[WF4] follows from its job, and from the stages that it reads', () => {
    const before = aWorkflow(line)
    expect(told(before, new Map())).toEqual(['ready', 'waiting', 'waiting'])
    const after = attempted(before, 'a')
    const job = after.attempts.get('a')![0]!
    expect(told(after, new Map([[job, ran(undefined, 3)]]))).toEqual(['running', 'waiting', 'waiting'])
    expect(told(after, new Map([[job, ran('Completed', 10)]]))).toEqual(['done', 'ready', 'waiting'])
    expect(told(after, new Map([[job, ran('Cancelled', 4)]]))).toEqual(['failed', 'waiting', 'waiting'])
  })

  it('[WF5] a failed task is run again alone, and every task counts once', () => {
    const first = attempted(aWorkflow(line), 'a')
    const [one] = first.attempts.get('a')!
    const jobs = new Map([[one!, ran('Completed', 8, 2)]])
    expect(standings(first, (id) => jobs.get(id))[0]).toMatchObject({ state: 'failed', reason: 'tasks-failed' })
    const due = must(must(first, end('Failed')), retry(['a']))
    expect(told(due, jobs)).toEqual(['ready', 'waiting', 'waiting'])
    const second = attempted(due, 'a')
    const again = { total: 2, isSealed: true, done: 1, ok: 1, failed: 0, inFlight: 1, fuelUsed: 2n }
    jobs.set(second.attempts.get('a')![1]!, aJob({ progress: again }))
    const [standing] = standings(second, (id) => jobs.get(id))
    expect(standing).toMatchObject({
      state: 'running',
      progress: { total: 10, done: 9, ok: 9, failed: 0, inFlight: 1, fuelUsed: 7n },
    })
    // Of a job that was cancelled more may be done than it said at its end: its successor knows.
    jobs.set(second.attempts.get('a')![1]!, aJob({ earlierCount: 9, progress: again }))
    expect(standings(second, (id) => jobs.get(id))[0]?.progress).toMatchObject({ total: 11, done: 10, ok: 10 })
    expect(second.due.size).toBe(0)
  })

  it('[WF7] ends with all stages done, or with nothing left to begin', () => {
    const both = aWorkflow(aGraph([aStage('a'), aStage('b')]))
    const begun = attempted(attempted(both, 'a'), 'b')
    const [a, b] = [...begun.attempts.values()].flat()
    const endsAs = (left: Job, right: Job) =>
      endingOf(
        standings(begun, (id) =>
          new Map([
            [a, left],
            [b, right],
          ]).get(id),
        ),
      )?.status
    expect(endingOf(standings(both, () => undefined))).toBeUndefined()
    expect(endsAs(ran('Completed', 10), ran(undefined, 1))).toBeUndefined()
    expect(endsAs(ran('Failed', 0, 10), ran(undefined, 1))).toBeUndefined()
    expect(endsAs(ran('Completed', 10), ran('Completed', 10))).toBe('Completed')
    expect(endsAs(ran('Completed', 10), ran('Completed', 9, 1))).toBe('Failed')
  })

  it('[WF7] every graph ends, whatever its jobs come to, and nothing runs before what it reads is done', () => {
    const graph = fc.array(fc.array(fc.nat(6), { maxLength: 3 }), { minLength: 1, maxLength: 7 })
    fc.assert(
      fc.property(graph, fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }), (before, fates) => {
        const stages = before.map((reads, n) =>
          aStage(`s${n}`, [...new Set(reads.filter((from) => from < n).map((from) => `s${from}`))]),
        )
        let workflow = aWorkflow(aGraph(stages))
        const jobs = new Map<Cid, Job>()
        for (let turn = 0; turn < 8; turn++) {
          const all = standings(workflow, (id) => jobs.get(id))
          for (const [n, { stage, state }] of all.entries()) {
            if (state !== 'ready') continue
            const states = new Map(all.map((one) => [one.stage.id, one.state]))
            expect(stagesBefore(stage).every((id) => states.get(id) === 'done')).toBe(true)
            workflow = attempted(workflow, stage.id)
            jobs.set(workflow.attempts.get(stage.id)![0]!, fates[n] ? ran('Completed', 10) : ran('Failed', 0, 10))
          }
        }
        const all = standings(workflow, (id) => jobs.get(id))
        const isFine = stages.every((_, n) => fates[n])
        expect(endingOf(all)?.status).toBe(isFine ? 'Completed' : 'Failed')
      }),
    )
  })
})
