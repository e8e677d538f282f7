import { describe, expect, it } from 'vitest'
import type { Checking } from '../activity/checking.ts'
import { seeded } from '../kernel/rng.ts'
import { aDid } from '../market/market.examples.ts'
import type { Did } from '../wire/schema.ts'
import { createChecking, type Providers } from './checking.ts'
import type { Redundancy } from './redundancy.ts'
import { createSampling } from './sampling.ts'

const [a, b, c, d, e, f] = ['A', 'B', 'C', 'D', 'E', 'F'].map(aDid) as [Did, Did, Did, Did, Did, Did]
/** Draws that say: look, or do not. */
const [look, pass] = [{ below: () => 0 }, { below: () => 999_999 }]

/** Providers that are known well enough to be believed alone, unless a test says otherwise. */
const trusted: Providers = {
  trackOf: () => 100,
  marksOf: () => [],
  heldTasks: () => 60,
  isDear: false,
  rng: pass,
}
const checking = (policy: Redundancy, providers: Partial<Providers> = {}): Checking =>
  createChecking(policy, { ...trusted, ...providers })!
const adaptive = (providers: Partial<Providers> = {}): Checking => checking({ mode: 'adaptive' }, providers)
/** They all have a copy, then they all answer. @returns the last ruling */
function answered(by: Checking, all: readonly (readonly [Did, string])[]) {
  for (const [provider] of all) by.handed(0, provider)
  return all.map(([provider, digest]) => by.answered(0, { provider, digest, verdict: 'ok' })).at(-1)!
}

describe('a task of a checked job', () => {
  it('[CK1] is not compared where nobody asked for it', () => {
    expect(createChecking({ mode: 'once' }, trusted)).toBeUndefined()
  })

  it('[CK2] ends with one answer of somebody known, unless it was drawn', () => {
    expect(answered(adaptive(), [[a, 'x']])).toMatchObject({
      type: 'ended',
      checked: { how: 'single', digest: 'x', agreed: [a], wrong: [] },
      seen: [],
    })
    expect(answered(adaptive({ rng: look }), [[a, 'x']]).type).toBe('open')
    expect(answered(adaptive({ trackOf: () => 9 }), [[a, 'x']]).type).toBe('open')
  })

  it('[WN1] is witnessed where it is drawn when its receipt is here', () => {
    const last = { below: (n: number) => n - 1 }
    const by = checking({ mode: 'witnessed', witnesses: 2, samplePermille: 334 }, { rng: last })
    for (const index of [0, 1, 2]) by.handed(index, a)
    by.sample([0, 1, 2], a)
    const rulings = [0, 1, 2].map((index) => by.answered(index, { provider: a, digest: 'x', verdict: 'ok' }).type)
    expect([rulings, by.copiesWanted(2)]).toEqual([['ended', 'ended', 'open'], 2])
    for (const one of [b, c]) by.handed(2, one)
    by.answered(2, { provider: b, digest: 'x', verdict: 'ok' })
    by.sample([2], b) // of a receipt of a witness
    expect(by.answered(2, { provider: c, digest: 'x', verdict: 'ok' })).toMatchObject({
      type: 'ended',
      checked: { how: 'agreed', agreed: [a, b, c] },
    })
  })

  it.each([50, 62, 300, 700, 1_000])(
    '[WN1] is one of as many as make one by %i in a thousand, under however many receipts',
    (permille) => {
      const isDrawn = createSampling(permille, seeded(3))
      const count = 60_000
      let [drawn, since, longest] = [0, 0, 0]
      for (let i = 0; i < count; i++) {
        if (isDrawn(b)) {
          drawn += 1
          since = 0
        } else since += 1
        longest = Math.max(longest, since)
        if (i % 3 === 0) isDrawn(a)
      }
      expect(drawn / count).toBeGreaterThan((permille / 1_000) * 0.85)
      expect(drawn / count).toBeLessThanOrEqual(permille / 1_000)
      expect(longest).toBeLessThanOrEqual(2_000 / permille)
    },
  )

  it('[CK2] stays drawn when whoever had it gives it back', () => {
    const tracks = new Map([[a, 0]])
    const by = adaptive({ trackOf: (provider) => tracks.get(provider) ?? 100 })
    by.handed(0, a)
    by.dropped(0, a)
    by.handed(0, b)
    expect(by.copiesWanted(0)).toBe(1)
    expect(by.answered(0, { provider: b, digest: 'x', verdict: 'ok' }).type).toBe('open')
  })

  it('[CK2] does not believe one who says that it traps', () => {
    const by = adaptive()
    by.handed(0, a)
    expect(by.answered(0, { provider: a, digest: 't', verdict: 'trapped' }).type).toBe('open')
    expect(by.copiesWanted(0)).toBe(1)
    by.handed(0, b)
    expect(by.answered(0, { provider: b, digest: 't', verdict: 'trapped' })).toMatchObject({
      type: 'ended',
      checked: { how: 'agreed', verdict: 'trapped' },
    })
  })

  it('[CK3] [CK5] ends when two are equal, and counts for both', () => {
    const by = adaptive({ rng: look })
    const ruling = answered(by, [
      [a, 'x'],
      [b, 'x'],
    ])
    expect(ruling).toMatchObject({ type: 'ended', checked: { how: 'agreed', agreed: [a, b] } })
    expect(ruling).toMatchObject({ seen: [a, b].map((provider) => ({ provider, verified: 1, wrong: 0 })) })
  })

  it('[CK3] needs three more on one side after a contradiction', () => {
    const by = adaptive({ rng: look })
    answered(by, [
      [a, 'x'],
      [b, 'y'],
    ])
    expect(by.copiesWanted(0)).toBe(3)
    expect(answered(by, [[c, 'x']]).type).toBe('open')
    expect(answered(by, [[d, 'x']]).type).toBe('open')
    expect(answered(by, [[e, 'x']])).toMatchObject({
      type: 'ended',
      checked: { how: 'agreed', agreed: [a, c, d, e], wrong: [b] },
      seen: [{}, {}, {}, {}, { provider: b, verified: 0, wrong: 1 }],
    })
  })

  it('[CK3] is decided by two against one where nobody else is there, and by nobody at one against one', () => {
    const by = adaptive({ rng: look })
    answered(by, [
      [a, 'x'],
      [b, 'y'],
    ])
    answered(by, [[c, 'y']])
    expect(by.settle(0)).toMatchObject({ checked: { how: 'agreed', digest: 'y', agreed: [b, c], wrong: [a] } })
    const other = adaptive({ rng: look })
    answered(other, [
      [a, 'x'],
      [b, 'y'],
    ])
    expect(other.settle(0)).toMatchObject({ checked: { how: 'unverified', digest: 'x', wrong: [] }, seen: [] })
    expect(other.settle(1)).toBeUndefined()
  })

  it('[CK4] is never with two of one owner or one address range', () => {
    const marks = new Map([
      [a, ['owner 1', 'net 1']],
      [b, ['owner 2', 'net 1']],
      [c, ['owner 1', 'net 2']],
      [d, ['owner 3', 'net 3']],
    ])
    const by = adaptive({ rng: look, marksOf: (provider) => marks.get(provider) ?? [] })
    by.handed(0, a)
    expect([a, b, c, d, e].filter((provider) => by.mayHave(0, provider))).toEqual([d, e])
    by.answered(0, { provider: a, digest: 'x', verdict: 'ok' })
    expect([a, b, c, d, e].filter((provider) => by.mayHave(0, provider))).toEqual([d, e])
    expect(by.answered(0, { provider: a, digest: 'x', verdict: 'ok' }).type).toBe('ignored')
    expect(by.answered(0, { provider: c, digest: 'x', verdict: 'ok' }).type).toBe('ignored')
    expect(by.copiesWanted(0)).toBe(1)
  })

  it('[CK5] says nothing of anybody where one decided alone', () => {
    const by = checking({ mode: 'quorum', quorum: 1, copies: 2 })
    by.handed(0, a)
    by.handed(0, b)
    expect(by.answered(0, { provider: a, digest: 'x', verdict: 'ok' })).toMatchObject({
      type: 'ended',
      checked: { how: 'single' },
      seen: [],
    })
  })

  it('[CK5] tells whether an answer behind the end was right, once more than half of a quorum agree', () => {
    const by = checking({ mode: 'quorum', quorum: 2, copies: 4 })
    for (const provider of [a, b, c, d]) by.handed(0, provider)
    expect(by.copiesWanted(0)).toBe(0)
    const say = (provider: Did, digest: string) => by.answered(0, { provider, digest, verdict: 'ok' })
    say(a, 'x')
    expect(say(b, 'x')).toMatchObject({ type: 'ended', checked: { how: 'agreed', wrong: [] }, seen: [] })
    expect(say(c, 'y')).toEqual({ type: 'ignored' })
    expect(say(d, 'x')).toEqual({
      type: 'late',
      seen: [
        ...[a, b, d].map((provider) => ({ provider, verified: 1, wrong: 0 })),
        { provider: c, verified: 0, wrong: 1 },
      ],
      checked: { how: 'agreed', digest: 'x', verdict: 'ok', agreed: [a, b, d], wrong: [c] },
    })
  })

  it('[CK8] opens again where a third contradicts two, and counts nobody twice', () => {
    const by = adaptive({ rng: look })
    for (const provider of [a, b, c]) by.handed(0, provider)
    const say = (provider: Did, digest: string) => by.answered(0, { provider, digest, verdict: 'ok' })
    say(a, 'x')
    expect(say(b, 'x').type).toBe('ended')
    expect(say(c, 'y')).toEqual({ type: 'doubted' })
    expect(by.copiesWanted(0)).toBe(2)
    for (const provider of [d, e]) by.handed(0, provider)
    say(d, 'x')
    expect(say(e, 'x')).toMatchObject({
      type: 'ended',
      checked: { agreed: [a, b, d, e], wrong: [c] },
      seen: [
        { provider: d, verified: 1 },
        { provider: e, verified: 1 },
        { provider: c, wrong: 1 },
      ],
    })
  })

  it('[CK3] disputes what the copies of a quorum do not settle, and finds who was wrong', () => {
    const by = checking({ mode: 'quorum', quorum: 2, copies: 2 })
    answered(by, [
      [a, 'x'],
      [b, 'y'],
    ])
    expect(by.copiesWanted(0)).toBe(3)
    const ruling = answered(by, [
      [c, 'x'],
      [d, 'x'],
      [e, 'x'],
    ])
    expect(ruling).toMatchObject({ type: 'ended', checked: { how: 'agreed', agreed: [a, c, d, e], wrong: [b] } })
    const other = checking({ mode: 'quorum', quorum: 2, copies: 2 })
    answered(other, [
      [a, 'x'],
      [b, 'y'],
      [c, 'y'],
    ])
    expect(other.settle(0)).toMatchObject({ checked: { how: 'agreed', digest: 'y', wrong: [a] } })
  })

  it('[CK6] ends unverified when sixteen have not settled it', () => {
    const by = checking({ mode: 'quorum', quorum: 2, copies: 3 })
    const sixteen = [...'ABCDEFGHIJKLMNPQ'].map(aDid)
    const ruling = answered(
      by,
      sixteen.map((provider, i) => [provider, `${i}`]),
    )
    expect(ruling).toMatchObject({ type: 'ended', checked: { how: 'unverified', digest: '0', wrong: [] } })
  })

  it('[CK6] asks for as many as a confidence needs, and for more after a contradiction', () => {
    const by = checking({ mode: 'confidence', faultPpm: 10_000 }, { trackOf: () => 0 })
    const seven = ['G', 'H', 'I', 'J', 'K', 'L', 'M'].map(aDid)
    by.handed(0, seven[0]!)
    expect(by.copiesWanted(0)).toBe(6)
    const ruling = answered(by, [...seven.slice(1).map((provider) => [provider, 'x'] as const), [a, 'y']])
    expect(ruling.type).toBe('open')
    expect(by.copiesWanted(0)).toBe(2)
    answered(by, [
      [b, 'x'],
      [c, 'x'],
    ])
    expect(by.answered(0, { provider: seven[0]!, digest: 'x', verdict: 'ok' })).toMatchObject({
      type: 'ended',
      checked: { how: 'agreed', digest: 'x', wrong: [a], faultPpm: 10_000 },
    })
  })

  it('[CK7] is what the requestor computed itself', () => {
    const by = adaptive({ rng: look, isOwn: (provider) => provider === f })
    answered(by, [
      [a, 'x'],
      [b, 'y'],
    ])
    expect(answered(by, [[f, 'y']])).toMatchObject({
      type: 'ended',
      checked: { how: 'known', digest: 'y', agreed: [b, f], wrong: [a] },
      seen: [
        { provider: b, verified: 1 },
        { provider: a, wrong: 1 },
      ],
    })
  })

  it('[CK8] opens again when its single answer is contradicted, and is proven when it is confirmed', () => {
    const by = adaptive()
    by.handed(0, a)
    by.handed(0, b)
    expect(by.answered(0, { provider: a, digest: 'x', verdict: 'ok' }).type).toBe('ended')
    expect(by.answered(0, { provider: b, digest: 'y', verdict: 'ok' }).type).toBe('doubted')
    expect(by.copiesWanted(0)).toBe(3)
    const other = adaptive()
    other.handed(0, a)
    other.handed(0, b)
    other.answered(0, { provider: a, digest: 'x', verdict: 'ok' })
    expect(other.answered(0, { provider: b, digest: 'x', verdict: 'ok' })).toEqual({
      type: 'late',
      seen: [a, b].map((provider) => ({ provider, verified: 1, wrong: 0 })),
      checked: { how: 'agreed', digest: 'x', verdict: 'ok', agreed: [a, b], wrong: [] },
    })
  })

  it('[CK9] forgets what somebody said who is found wrong', () => {
    const by = adaptive({ rng: look })
    answered(by, [
      [a, 'x'],
      [b, 'y'],
      [c, 'x'],
    ])
    expect(by.distrust(b)).toEqual([0])
    expect(by.review(0)).toMatchObject({ type: 'ended', checked: { how: 'agreed', agreed: [a, c], wrong: [] } })
    expect(by.distrust(b)).toEqual([])
  })
})
