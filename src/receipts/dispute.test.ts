import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { timestamp } from '../kernel/time.ts'
import { diagramOf, diagramsIn } from '../market/diagram.examples.ts'
import type { FieldsOf } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'
import type { Run } from './again.ts'
import { digestOf } from './digest.ts'
import { answerMs, type Dispute, disputeMachine, disputeMs, evolveDispute, expired, isContested } from './dispute.ts'
import { DisputeAnswered, DisputeJudged, DisputeOpened, type Ruling, VerdictChecked } from './dispute-messages.ts'
import { activity, exampleCid, exampleDid, provider, requestor } from './receipt.examples.ts'
import { type Finding, rulingOf } from './verdict.ts'

const at = (ms: number, author = requestor, prev?: typeof activity) => ({ author, issuedAt: timestamp(ms), prev })
const said = (text: string) => digestOf(new TextEncoder().encode(text))
const must = <T>(result: { ok: true; value: T } | { ok: false; code: string }): T => {
  if (!result.ok) throw new Error(result.code)
  return result.value
}

const wrong = {
  to: provider,
  receipt: exampleCid('receipt'),
  activity,
  ground: 'wrong-result' as const,
  index: 3,
  proof: new Uint8Array(10),
  input: exampleCid('input'),
}
const opening = (told: Partial<FieldsOf<typeof DisputeOpened>> = {}, ms = 1_000) =>
  DisputeOpened.author(at(ms), { ...wrong, ...told })
const opened = must(evolveDispute(undefined, opening()))
const answer = (dispute: Dispute, stance: 'concedes' | 'contests', author = provider) =>
  evolveDispute(
    dispute,
    DisputeAnswered.author(at(2_000, author, dispute.id), { to: requestor, dispute: dispute.id, stance, reason: '' }),
  )
const verdict = (dispute: Dispute, ruling: Ruling, { ms = 3_000, author = requestor } = {}) =>
  evolveDispute(
    dispute,
    DisputeJudged.author(at(ms, author), { to: provider, dispute: dispute.id, ruling, findings: [] }),
  )
const checked = (dispute: Dispute, isRight: boolean) =>
  evolveDispute(dispute, VerdictChecked.author(at(4_000), { dispute: dispute.id, isRight }))

describe('a dispute', () => {
  it('[DS3] goes as its table says', () => {
    const spec = readFileSync(new URL('./SPEC.md', import.meta.url), 'utf8')
    expect(diagramsIn(spec)).toEqual([diagramOf(disputeMachine)])
  })

  it.each([
    ['no proof', { proof: undefined }],
    ['no task', { index: undefined }],
    ['no input', { input: undefined }],
    ['one receipt of two', { ground: 'equivocation' as const, receipts: [new Uint8Array(1)] }],
  ])('[DS1] is refused with %s', (_, told) => {
    expect(evolveDispute(undefined, opening(told))).toMatchObject({ code: 'dispute-ground-missing' })
  })

  it('[DS1] is not opened against oneself, and not opened again', () => {
    expect(evolveDispute(undefined, opening({ to: requestor }))).toMatchObject({ code: 'dispute-not-yours' })
    expect(evolveDispute(opened, opening())).toMatchObject({ code: 'dispute-known' })
  })

  it('[DS4] is over where the other concedes, and answered once, by the other alone', () => {
    expect(must(answer(opened, 'concedes')).state).toBe('Upheld')
    const contested = must(answer(opened, 'contests'))
    expect(contested.state).toBe('Contested')
    expect(answer(contested, 'concedes')).toMatchObject({ code: 'dispute-answered' })
    expect(answer(opened, 'contests', requestor)).toMatchObject({ code: 'dispute-not-yours' })
  })

  it('[DS4] is contested by ten minutes of silence', () => {
    expect(isContested(opened, timestamp(1_000 + answerMs - 1))).toBe(false)
    expect(isContested(opened, timestamp(1_000 + answerMs))).toBe(true)
  })

  it('[DS5] has its verdict from its opener, when the other was heard or had its time', () => {
    expect(verdict(opened, 'upheld')).toMatchObject({ code: 'dispute-too-early' })
    expect(verdict(opened, 'upheld', { ms: 1_000 + answerMs }).ok).toBe(true)
    const contested = must(answer(opened, 'contests'))
    expect(verdict(contested, 'upheld', { author: provider })).toMatchObject({ code: 'dispute-not-yours' })
    expect(verdict(contested, 'upheld').ok).toBe(true)
  })

  it.each([
    ['upheld', 'Upheld'],
    ['dismissed', 'Dismissed'],
    ['undecided', 'Undecided'],
  ] as const)('[DS5] that is %s ends when its proof was checked', (ruling, state) => {
    const stated = must(verdict(must(answer(opened, 'contests')), ruling))
    expect(stated.state).toBe('Contested')
    expect(must(checked(stated, true)).state).toBe(state)
    const silent = must(verdict(opened, ruling, { ms: 1_000 + answerMs }))
    expect(must(checked(silent, true)).state).toBe(state)
  })

  it('[DS5] has no verdict where the proof does not hold, and can have another', () => {
    const without = must(checked(must(verdict(must(answer(opened, 'contests')), 'upheld')), false))
    expect(without).toMatchObject({ state: 'Contested', judged: undefined })
    expect(must(checked(must(verdict(without, 'dismissed')), true)).state).toBe('Dismissed')
  })

  it('[DS5] over an equivocation waits for nobody', () => {
    const ground = { ground: 'equivocation' as const, receipts: [new Uint8Array(1), new Uint8Array(2)] }
    const two = must(evolveDispute(undefined, opening(ground)))
    expect(must(checked(must(verdict(two, 'upheld')), true)).state).toBe('Upheld')
  })

  it('[DS3] takes nothing any more when it is over, and is over after an hour', () => {
    const over = must(answer(opened, 'concedes'))
    expect(answer(over, 'contests')).toMatchObject({ code: 'dispute-over' })
    expect(verdict(over, 'dismissed')).toMatchObject({ code: 'dispute-over' })
    expect(expired(opened, timestamp(1_000 + disputeMs - 1)).state).toBe('Opened')
    expect(expired(opened, timestamp(1_000 + disputeMs)).state).toBe('Undecided')
    expect(expired(over, timestamp(1_000 + disputeMs)).state).toBe('Upheld')
  })
})

describe('a verdict', () => {
  const run = (output: string, more: Partial<Run> = {}): Run => ({
    status: 'ok',
    exitCode: 0,
    outputHash: said(output),
    fuel: 10n,
    ...more,
  })
  const limits = { memoryPages: 1, timeoutMs: 1_000, outputBytes: 10, seed: new Uint8Array(32) }
  const finding = (letter: string, output = 'right', told: Partial<Finding> = {}): Finding => ({
    by: exampleDid(letter),
    module: exampleCid('module'),
    inputHash: said('input'),
    limits,
    place: { job: exampleCid('job'), index: 3 },
    run: run(output),
    ...told,
  })
  const disputed = finding('P', 'lie')
  const among = { parties: [provider, requestor], marksOf: () => [] }
  const rule = (...findings: Finding[]) => rulingOf(disputed, findings, among)

  it.each([
    ['two against it', [finding('A'), finding('B')], 'upheld'],
    ['two for it', [finding('A', 'lie'), finding('B', 'lie')], 'dismissed'],
    ['two against one', [finding('A'), finding('B', 'lie'), finding('C')], 'upheld'],
    ['three that differ', [finding('A', 'x'), finding('B', 'y'), finding('C', 'z')], 'undecided'],
    ['two of four', [finding('A'), finding('B'), finding('C', 'x'), finding('D', 'x')], 'undecided'],
    ['one', [finding('A')], 'undecided'],
    ['none', [], 'undecided'],
    [
      'two that a clock ended',
      [
        finding('A', 'x', { run: run('x', { code: 'timed-out' }) }),
        finding('B', 'x', { run: run('x', { code: 'timed-out' }) }),
      ],
      'undecided',
    ],
  ] as [string, Finding[], Ruling][])('[DS5] with %s', (_, findings, ruling) => {
    expect(rule(...findings)).toEqual({ ok: true, value: ruling })
  })

  it('[DS5] sees fuel as well as output', () => {
    const cheaper = finding('P', 'right')
    const jurors = ['A', 'B'].map((letter) => finding(letter, 'right', { run: run('right', { fuel: 11n }) }))
    expect(rulingOf(cheaper, jurors, among)).toEqual({ ok: true, value: 'upheld' })
  })

  it('[DS7] takes no party for a juror, and nobody twice', () => {
    expect(rule(finding('A'), finding('P'))).toMatchObject({ code: 'juror-not-independent' })
    expect(rule(finding('A'), finding('R'))).toMatchObject({ code: 'juror-not-independent' })
    expect(rule(finding('A'), finding('A'))).toMatchObject({ code: 'juror-not-independent' })
  })

  it.each([
    ['another juror', 'B', 'A'],
    ['whose receipt it is', 'B', 'P'],
    ['whoever disputes it', 'B', 'R'],
  ])('[DS7] takes no juror that shares an owner or an address range with %s', (_, letter, near) => {
    const marks = new Map([
      [exampleDid(letter), ['owner 1', 'net 1']],
      [exampleDid(near), ['net 1']],
    ])
    const known = { ...among, marksOf: (did: Did) => marks.get(did) ?? [] }
    const findings = [finding('A'), finding('B')]
    expect(rulingOf(disputed, findings, known)).toMatchObject({
      code: 'juror-not-independent',
      facts: { juror: exampleDid(letter) },
    })
    marks.set(exampleDid(near), ['net 2'])
    expect(rulingOf(disputed, findings, known)).toEqual({ ok: true, value: 'upheld' })
  })

  it.each([
    ['another program', { module: exampleCid('other') }],
    ['another input', { inputHash: said('other') }],
    ['less fuel', { limits: { ...limits, fuel: 5n } }],
    ['another place', { place: { job: exampleCid('job'), index: 4 } }],
    ['another seed', { limits: { ...limits, seed: new Uint8Array(32).fill(1) } }],
  ])('[DS5] takes no finding about %s', (_, told) => {
    expect(rule(finding('A'), finding('B', 'right', told))).toMatchObject({ code: 'finding-of-another-task' })
  })

  it('[DS5] says nothing of a task that need not come out alike', () => {
    const { seed: _seed, ...free } = limits
    expect(rulingOf({ ...disputed, limits: free }, [], among)).toMatchObject({ code: 'dispute-not-comparable' })
  })
})
