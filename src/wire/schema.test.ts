import { describe, expect, it } from 'vitest'
import { maxAmount } from '../kernel/amount.ts'
import { cidOf } from './cid.ts'
import * as s from './schema.ts'

const aDid = 'did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp'
const aPeerId = '12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq'
const aCid = cidOf(new Uint8Array([1]), 'raw')
const bytes = (length: number): Uint8Array => new Uint8Array(length)

const cases: [string, s.Schema<unknown>, unknown[], unknown[]][] = [
  ['text(3)', s.text(3), ['', 'abc'], ['abcd', 1, null, undefined]],
  ['bytes(2)', s.bytes(2), [bytes(0), bytes(2)], [bytes(3), [1], 'ab']],
  ['exactBytes(2)', s.exactBytes(2), [bytes(2)], [bytes(1), bytes(3)]],
  ['count(9)', s.count(9), [0, 9], [-1, 10, 1.5, Number.NaN, '1', 1n, Number.POSITIVE_INFINITY]],
  ['list(flag, 2)', s.list(s.flag(), 2), [[], [true, false]], [[true, true, true], [1], {}]],
  [
    'record(2, count, 2)',
    s.record(2, s.count(9), 2),
    [{}, { a: 1, bb: 2 }],
    [{ ccc: 1 }, { a: 1, b: 2, c: 3 }, { a: 10 }],
  ],
  ['object', s.object({ a: s.flag() }), [{ a: true }], [{}, { a: true, b: 1 }, { a: 1 }, []]],
  ['optional', s.object({ a: s.optional(s.flag()) }), [{}, { a: true }], [{ a: null }]],
  ['oneOf', s.oneOf(['x', 'y']), ['x'], ['z', '', 0]],
  ['did', s.did, [aDid], [`${aDid}x`, aDid.slice(0, -1), aDid.replace('z6Mk', 'z6LS'), aPeerId, 'did:key:z6Mk']],
  ['peerId', s.peerId, [aPeerId], [`${aPeerId}x`, `x${aPeerId}`, aPeerId.replace('12D3', '12D0'), aDid]],
  ['cid', s.cid, [aCid], [aCid.toUpperCase(), `${aCid}a`, '', 1]],
  ['moment', s.moment, [0, 2 ** 48], [2 ** 48 + 1, -1, 0.5]],
  ['amount', s.amount, [0, 5n, maxAmount, Number.MAX_SAFE_INTEGER], [-1, -1n, maxAmount + 1n, 0.5, '1']],
  ['bigCount', s.bigCount, [0, 2n ** 64n - 1n], [-1, 2n ** 64n, 1.5]],
]

describe('schemas', () => {
  it.each(cases)('[WI5] %s takes what is within its bounds and nothing else', (_, schema, good, bad) => {
    for (const value of good) expect(s.check(schema, value)).toMatchObject({ ok: true })
    for (const value of bad) expect(s.check(schema, value)).toMatchObject({ ok: false, code: 'malformed' })
  })

  it('[WI6] makes bigint of both integers that CBOR has', () => {
    expect(s.check(s.amount, 5)).toEqual({ ok: true, value: 5n })
    expect(s.check(s.amount, 5n)).toEqual({ ok: true, value: 5n })
    expect(s.check(s.bigCount, 2 ** 40)).toEqual({ ok: true, value: 2n ** 40n })
  })

  it('[WI7] names the first wrong field and repeats little of it', () => {
    const schema = s.object({ a: s.list(s.object({ b: s.count(3) }), 9), c: s.flag() })
    expect(s.check(schema, { a: [{ b: 1 }, { b: 4 }], c: 1 })).toMatchObject({
      code: 'malformed',
      facts: { path: 'a.1.b' },
    })
    const long = s.check(s.oneOf(['x'.repeat(500)]), 'y'.repeat(10_000))
    expect(long.ok || String(long.facts['reason']).length).toBeLessThanOrEqual(160)
  })
})
