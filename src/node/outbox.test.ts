import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Timestamp, timestamp } from '../kernel/time.ts'
import { aCid, aDid, provider, requestor, stated, stranger } from '../market/market.examples.ts'
import { AgreementApproved } from '../market/messages.ts'
import type { Verified } from '../wire/event.ts'
import type { AnyBody } from '../wire/gate.ts'
import type { Did } from '../wire/schema.ts'
import {
  answered,
  due,
  emptyOutbox,
  failed,
  hurry,
  isWaiting,
  nextDue,
  type Outbox,
  post,
  wasAnswered,
} from './outbox.ts'

const at = (ms: number): Timestamp => timestamp(ms)
const event = (name: string): Verified<AnyBody> =>
  stated(AgreementApproved, { author: requestor }, { agreement: aCid(name) }) as Verified<AnyBody>
const here = () => true
const posted = (outbox: Outbox, name: string, told: { to?: Did; until?: number; now?: number } = {}): boolean =>
  post(outbox, { to: told.to ?? provider, event: event(name), until: at(told.until ?? 1_000_000) }, at(told.now ?? 0))
const namesOf = (calls: ReturnType<typeof due>, to: Did = provider) =>
  (calls.get(to) ?? []).map((parcel) => parcel.event.id)
const idOf = (name: string) => event(name).id

describe('the outbox', () => {
  it('[OB1] brings an event until it is taken, and never again', () => {
    const outbox = emptyOutbox()
    expect(posted(outbox, 'a')).toBe(true)
    expect(posted(outbox, 'a')).toBe(false)
    expect(namesOf(due(outbox, at(0), here))).toEqual([idOf('a')])
    expect(wasAnswered(outbox, idOf('a'))).toBe(false)
    answered(outbox, [idOf('a')])
    expect(isWaiting(outbox, idOf('a'))).toBe(false)
    expect(wasAnswered(outbox, idOf('a'))).toBe(true)
    expect(posted(outbox, 'a')).toBe(false)
    expect(due(outbox, at(10), here).size).toBe(0)
  })

  it('[OB1] takes nothing whose time is past, and drops what waited too long', () => {
    const outbox = emptyOutbox()
    expect(posted(outbox, 'a', { until: 5, now: 5 })).toBe(false)
    expect(posted(outbox, 'b', { until: 100 })).toBe(true)
    expect(due(outbox, at(100), here).size).toBe(0)
    expect(isWaiting(outbox, idOf('b'))).toBe(false)
  })

  it('[OB2] tries again after half a second, doubling to thirty', () => {
    const outbox = emptyOutbox()
    posted(outbox, 'a')
    const waits: number[] = []
    for (let now = 0, tries = 0; tries < 9; tries++) {
      expect(namesOf(due(outbox, at(now), here))).toEqual([idOf('a')])
      failed(outbox, [idOf('a')], at(now))
      const next = nextDue(outbox, at(now))!
      expect(due(outbox, at(next - 1), here).size).toBe(0)
      waits.push(next - now)
      now = next
    }
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
  })

  it('[OB2] waits for whoever is not there, and lets nobody else wait for it', () => {
    const outbox = emptyOutbox()
    posted(outbox, 'a', { to: stranger })
    posted(outbox, 'b')
    const isHere = (did: Did) => did === provider
    const calls = due(outbox, at(0), isHere)
    expect([...calls.keys()]).toEqual([provider])
    failed(outbox, [idOf('b')], at(0))
    expect(nextDue(outbox, at(0))).toBe(500)
    expect(nextDue(outbox, at(500))).toBeUndefined()
    expect([...due(outbox, at(500), isHere).keys()]).toEqual([provider])
    expect(nextDue(outbox, at(500))).toBe(1_500)
  })

  it('[OB3] serves whoever comes back at once, and nobody else', () => {
    const outbox = emptyOutbox()
    posted(outbox, 'a')
    posted(outbox, 'b', { to: stranger })
    due(outbox, at(0), () => false)
    hurry(outbox, provider, at(10))
    expect([...due(outbox, at(10), here).keys()]).toEqual([provider])
  })

  it('[OB4] has one call out to a recipient at a time, in the order of what was stated', () => {
    const outbox = emptyOutbox()
    posted(outbox, 'a')
    posted(outbox, 'b', { to: stranger })
    expect(namesOf(due(outbox, at(0), here))).toEqual([idOf('a')])
    posted(outbox, 'c')
    expect(due(outbox, at(1), here).size).toBe(0)
    hurry(outbox, provider, at(2))
    expect(due(outbox, at(2), here).size).toBe(0)
    answered(outbox, [idOf('a')])
    expect(namesOf(due(outbox, at(3), here))).toEqual([idOf('c')])
  })

  it('[OB4] lets nothing overtake what was stated before and is to be tried again', () => {
    const outbox = emptyOutbox()
    posted(outbox, 'a')
    due(outbox, at(0), here)
    failed(outbox, [idOf('a')], at(0))
    posted(outbox, 'b')
    expect(due(outbox, at(1), here).size).toBe(0)
    expect(namesOf(due(outbox, at(500), here))).toEqual([idOf('a'), idOf('b')])
  })

  it('[OB4] brings at most sixteen events in a call', () => {
    const outbox = emptyOutbox()
    const names = Array.from({ length: 20 }, (_, n) => `n${n}`)
    for (const name of names) posted(outbox, name)
    expect(namesOf(due(outbox, at(0), here))).toEqual(names.slice(0, 16).map(idOf))
    answered(outbox, names.slice(0, 16).map(idOf))
    expect(namesOf(due(outbox, at(0), here))).toEqual(names.slice(16).map(idOf))
  })

  it('[OB1] keeps no more than its number', () => {
    const outbox = emptyOutbox()
    for (let n = 0; n < 4_096; n++) outbox.parcels.set(aCid(`filler ${n}`), {} as never)
    expect(posted(outbox, 'one more')).toBe(false)
  })

  const act = fc.record({
    what: fc.constantFrom('post', 'fail', 'answer', 'wait', 'hurry'),
    name: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    ms: fc.nat(40_000),
  })
  it('[OB1] [OB4] brings every event to its end, whatever fails on the way', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const outbox = emptyOutbox()
        const recipients = [provider, stranger, aDid('T')]
        const recipientOf = (name: string): Did => recipients[name.charCodeAt(0) % 3]!
        let out: string[] = []
        let now = 0
        for (const { what, name, ms } of acts) {
          if (what === 'post') posted(outbox, name, { to: recipientOf(name), now, until: 10_000_000 })
          if (what === 'fail') failed(outbox, out as never, at(now))
          if (what === 'answer') answered(outbox, out as never)
          if (what === 'fail' || what === 'answer') out = []
          if (what === 'hurry') hurry(outbox, recipientOf(name), at(now))
          if (what === 'wait') now += ms
          const calls = due(outbox, at(now), here)
          const busy = new Set([...outbox.parcels.values()].filter(({ isOut }) => isOut).map(({ to }) => to))
          expect(calls.size).toBeLessThanOrEqual(busy.size)
          out.push(...[...calls.values()].flat().map((parcel) => parcel.event.id))
        }
        for (let round = 0; round < 10; round++) {
          answered(outbox, out as never)
          out = [...due(outbox, at(now + (round + 1) * 31_000), here).values()].flat().map((parcel) => parcel.event.id)
        }
        expect(outbox.parcels.size).toBe(0)
      }),
    )
  })
})
