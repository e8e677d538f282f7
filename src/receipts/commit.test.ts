import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Committed, commitOf, opensCommit } from './commit.ts'
import { digestOf } from './digest.ts'
import { activity, agreement, exampleCid, exampleDid, provider } from './receipt.examples.ts'
import { createRounds } from './rounds.ts'

const said = (text: string) => digestOf(new TextEncoder().encode(text))
const shown: Committed = {
  agreement,
  activity,
  provider,
  index: 7,
  salt: new Uint8Array(32).fill(1),
  result: said('42'),
}
const patienceMs = 1_000
const [ada, bob, eve] = ['ada', 'bob', 'eve'].map(exampleCid) as [typeof activity, typeof activity, typeof activity]

/** Three copies of task 7 are out. */
const threeOut = () => {
  const rounds = createRounds(patienceMs)
  for (const one of [ada, bob, eve]) rounds.asked(7, one)
  const by = (one: typeof activity, result = '42'): Committed => ({ ...shown, activity: one, result: said(result) })
  const commit = (one: typeof activity, now: number, result?: string) =>
    rounds.committed(7, one, commitOf(by(one, result)), now)
  return { rounds, by, commit }
}

describe('a commit', () => {
  const others: [string, Partial<Committed>][] = [
    ['result', { result: said('43') }],
    ['task', { index: 8 }],
    ['salt', { salt: new Uint8Array(32).fill(2) }],
    ['provider', { provider: exampleDid('Q') }],
    ['activity', { activity: exampleCid('other') }],
    ['agreement', { agreement: exampleCid('other') }],
  ]
  it.each(others)('[CO1] is for no other %s', (_, other) => {
    expect(opensCommit(commitOf(shown), shown)).toBe(true)
    expect(opensCommit(commitOf(shown), { ...shown, ...other })).toBe(false)
  })
})

describe('a round', () => {
  it('[CO2] [CO3] is closed when every copy was committed to, and not before', () => {
    const { rounds, commit } = threeOut()
    expect([commit(ada, 10), commit(bob, 20)]).toEqual([undefined, undefined])
    expect(rounds.close(30)).toEqual([])
    commit(eve, 40)
    const [closed] = rounds.close(50)
    expect(closed).toMatchObject({ index: 7, to: [ada, bob, eve] })
    expect(closed!.commits).toHaveLength(3)
    expect(rounds.close(60)).toEqual([])
  })

  it('[CO3] waits a little for a copy that is still to be handed out, and not where there is nobody to have it', () => {
    const wanted = new Set([7])
    const rounds = createRounds(10_000, (index) => wanted.has(index))
    const commit = (one: typeof activity, now: number) =>
      rounds.committed(7, one, commitOf({ ...shown, activity: one }), now)
    rounds.asked(7, ada)
    commit(ada, 10)
    expect(rounds.close(20)).toEqual([])
    rounds.asked(7, bob)
    wanted.clear()
    expect(rounds.close(30)).toEqual([])
    commit(bob, 40)
    expect(rounds.close(50)).toMatchObject([{ to: [ada, bob] }])
    wanted.add(7)
    rounds.asked(7, eve)
    commit(eve, 60)
    expect(rounds.close(3_059)).toEqual([])
    expect(rounds.close(3_060)).toMatchObject([{ to: [eve] }])
  })

  it('[CO3] is closed without who is late, and takes nothing of it afterwards', () => {
    const { rounds, by, commit } = threeOut()
    commit(ada, 10)
    expect(rounds.close(1_009)).toEqual([])
    expect(rounds.close(1_010)).toMatchObject([{ index: 7, to: [ada] }])
    expect(commit(bob, 1_011)).toBe('commit-late')
    expect(rounds.revealed(by(bob))).toBe('commit-late')
    expect(rounds.revealed(by(ada))).toBeUndefined()
  })

  it('[CO3] does not wait for who has left, and counts what it had committed', () => {
    const { rounds, commit } = threeOut()
    commit(ada, 10)
    commit(bob, 10)
    rounds.left(bob)
    rounds.left(eve)
    expect(rounds.close(20)).toMatchObject([{ to: [ada, bob] }])
  })

  it('[CO7] forgets what whoever comes back has no more, and takes another commit to it', () => {
    const { rounds, by, commit } = threeOut()
    commit(ada, 10)
    commit(bob, 10)
    rounds.holds(bob, [7])
    expect(commit(bob, 11, '43')).toBe('commit-contradicted')
    rounds.holds(bob, [8])
    expect(commit(bob, 12, '43')).toBe('commit-not-asked')
    rounds.asked(7, bob)
    expect(commit(bob, 13, '43')).toBeUndefined()
    commit(eve, 14)
    expect(rounds.close(20)).toMatchObject([{ to: [ada, eve, bob] }])
    expect(rounds.revealed(by(bob, '43'))).toBeUndefined()
  })

  it('[CO3] gives everybody their time again where whoever had committed is gone', () => {
    const { rounds, commit } = threeOut()
    commit(ada, 10)
    rounds.ended(ada)
    commit(bob, 2_000)
    expect(rounds.close(2_001)).toEqual([])
    expect(rounds.close(3_000)).toMatchObject([{ to: [bob] }])
  })

  it('[CO4] takes what opens its commit, once the set is closed', () => {
    const { rounds, by, commit } = threeOut()
    commit(ada, 10)
    expect(rounds.revealed(by(ada))).toBe('reveal-early')
    rounds.close(2_000)
    expect(rounds.revealed(by(ada, '43'))).toBe('reveal-differs')
    expect(rounds.revealed({ ...by(ada), salt: new Uint8Array(32) })).toBe('reveal-differs')
    expect(rounds.revealed(by(exampleCid('stranger')))).toBe('commit-not-asked')
  })

  it('[CO5] takes the first of two commits, and says of the second that it contradicts it', () => {
    const { commit } = threeOut()
    expect([commit(ada, 10), commit(ada, 11), commit(ada, 12, '43')]).toEqual([
      undefined,
      undefined,
      'commit-contradicted',
    ])
  })

  it('[CO3] makes another of copies that are asked for later', () => {
    const { rounds, by, commit } = threeOut()
    for (const one of [ada, bob, eve]) commit(one, 10)
    rounds.close(20)
    const fourth = exampleCid('dan')
    rounds.asked(7, fourth)
    expect(rounds.close(30)).toEqual([])
    rounds.committed(7, fourth, commitOf(by(fourth)), 40)
    expect(rounds.close(40)).toMatchObject([{ to: [fourth] }])
    rounds.over(7, fourth)
    expect(rounds.revealed(by(fourth))).toBe('commit-not-asked')
  })

  it('[CO3] closes each task once and shows nobody a set that lacks a commit of whoever was in time, in any order', () => {
    const step = fc.record({
      who: fc.constantFrom(ada, bob, eve),
      what: fc.constantFrom('commit', 'leave', 'wait') as fc.Arbitrary<'commit' | 'leave' | 'wait'>,
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const { rounds, by, commit } = threeOut()
        let now = 0
        const taken = new Set<string>()
        const told = new Set<string>()
        for (const { who, what } of steps) {
          now += what === 'wait' ? patienceMs : 1
          if (what === 'commit' && commit(who, now) === undefined && !told.has(who)) taken.add(who)
          if (what === 'leave') rounds.left(who)
          for (const { to } of rounds.close(now))
            for (const one of to) {
              expect(taken.has(one) && !told.has(one)).toBe(true)
              told.add(one)
            }
          for (const one of [ada, bob, eve]) expect(rounds.revealed(by(one)) === undefined).toBe(told.has(one))
        }
      }),
    )
  })
})
