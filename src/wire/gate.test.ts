import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { timestamp } from '../kernel/time.ts'
import { cidOf } from './cid.ts'
import { encode } from './codec.ts'
import { event, type Verified } from './event.ts'
import { open, prove, registry, reopen, sealed, signedMessage } from './gate.ts'
import { count, type Did, text } from './schema.ts'

const author = 'did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp' as Did
const perPeer = { count: 1, windowMs: 1 }
const said = event('test/said', { version: 2, maxBytes: 400, perPeer, fields: { words: text(500), times: count(9) } })
const heard = event('test/heard', { version: 1, maxBytes: 400, perPeer, fields: { words: text(500), times: count(9) } })
const known = registry([said, heard])
const head = { author, issuedAt: timestamp(1_000) }
const signature = new Uint8Array(64).fill(1)
const fact = said.author(head, { words: 'hello', times: 1 })

const opened = (bytes: Uint8Array) => {
  const claim = open(known, bytes)
  return claim.ok ? prove(claim.value, true) : claim
}
const body = (change: object): Uint8Array => encode({ ...fact.body, ...change })

describe('events', () => {
  it('[WI8] are named by their body, the same on every machine', () => {
    expect(fact.id).toBe(cidOf(fact.bytes, 'dag-cbor'))
    expect(fact.id).toBe('bafyreidamk4wnsfzuek2vm6keusj3u6rhmmz2tamfdrf5o56iiu2httkpa')
    expect(said.author(head, { times: 1, words: 'hello' }).id).toBe(fact.id)
    expect(said.author({ ...head, prev: fact.id }, { words: 'hello', times: 1 }).id).not.toBe(fact.id)
  })

  it('[WI8] cannot be authored under another name or version by their fields', () => {
    const disguised = said.author(head, { words: 'x', times: 1, type: 'test/heard', version: 9 } as never)
    expect(disguised.body).toMatchObject({ type: 'test/said', version: 2 })
  })
})

describe('gate', () => {
  it('[WI10] lets in what is well formed and signed', () => {
    expect(opened(sealed(fact.bytes, signature))).toEqual({ ok: true, value: { ...fact, signature } })
  })

  it('[WI10] gives nothing but a claim before the signature is checked, and nothing at all where it fails', () => {
    const claim = open(known, sealed(fact.bytes, signature))
    if (!claim.ok) throw new Error(claim.code)
    expect(claim.value.claimed).toEqual({ author, type: 'test/said' })
    expect(claim.value.signature).toEqual(signature)
    expect(claim.value.message).toEqual(signedMessage('test/said', fact.bytes))
    expect(prove(claim.value, false)).toEqual({
      ok: false,
      code: 'bad-signature',
      facts: { type: 'test/said', author },
    })
  })

  it('[WI9] has a signature mean nothing for another kind, nor for a body cut elsewhere', () => {
    const both = ['test/said', 'test/heard'].map((type) => signedMessage(type, fact.bytes))
    expect(both[0]).not.toEqual(both[1])
    expect(signedMessage('a', new Uint8Array([98]))).not.toEqual(signedMessage('ab', new Uint8Array(0)))
  })

  it('[WI8] knows a replay by its id, whatever signature it comes with', () => {
    const again = opened(sealed(fact.bytes, new Uint8Array(64).fill(2)))
    expect(again.ok && (again.value as Verified<unknown>).id).toBe(fact.id)
  })

  it('[WI11] refuses what is too large before and after decoding', () => {
    expect(opened(new Uint8Array(300_000))).toMatchObject({ code: 'too-large', facts: { sizeBytes: 300_000 } })
    expect(opened(sealed(body({ words: 'x'.repeat(450) }), signature))).toMatchObject({
      code: 'too-large',
      facts: { type: 'test/said', mostBytes: 400 },
    })
  })

  it.each([
    ['test/unsaid', { type: 'test/unsaid' }, 'test/unsaid'],
    ['no text', { type: 3 }, 'none'],
    ['the name of something every object has', { type: 'constructor' }, 'constructor'],
    ['a very long name', { type: 'x'.repeat(200) }, 'x'.repeat(64)],
  ])('[WI12] refuses the type %s as unknown', (_, change, type) => {
    expect(opened(sealed(body(change), signature))).toMatchObject({ code: 'unknown-event', facts: { type } })
  })

  it.each([[1], [3], ['2'], [null], ['9'.repeat(99)]])(
    '[WI12] refuses version %s and says which it knows',
    (version) => {
      expect(opened(sealed(body({ version }), signature))).toMatchObject({
        code: 'unknown-version',
        facts: { type: 'test/said', known: 2, version: String(version).slice(0, 16) },
      })
    },
  )

  it.each([
    ['an unknown field', { more: 1 }, ''],
    ['a wrong field', { times: 10 }, 'times'],
    ['an author that is none', { author: 'did:key:me' }, 'author'],
    ['a moment that is none', { issuedAt: -1 }, 'issuedAt'],
    ['a predecessor that is none', { prev: 'x' }, 'prev'],
  ])('[WI13] refuses a body with %s', (_, change, path) => {
    const outcome = opened(sealed(body(change), signature))
    expect(outcome).toMatchObject({ code: 'malformed', facts: { type: 'test/said' } })
    if (path) expect(outcome).toMatchObject({ facts: { path } })
  })

  it.each([
    ['no bytes', new Uint8Array(0)],
    ['another envelope', encode({ body: fact.bytes, signature, more: 1 })],
    ['a short signature', encode({ body: fact.bytes, signature: new Uint8Array(63) })],
    ['a body that is no bytes', encode({ body: 'x', signature })],
    ['a body of junk', sealed(new Uint8Array([255]), signature)],
    ['a body and something behind it', sealed(new Uint8Array([...fact.bytes, 0]), signature)],
    ['an envelope and something behind it', new Uint8Array([...sealed(fact.bytes, signature), 0])],
  ])('[WI13] refuses %s', (_, bytes) => {
    expect(opened(bytes)).toMatchObject({ ok: false, code: 'malformed' })
  })

  it.each([[[]], [null], [3], ['x']])('[WI13] refuses the body %s', (value) => {
    expect(opened(sealed(encode(value), signature)).ok).toBe(false)
  })

  it('[WI3] never throws, and lets in nothing that was changed by a byte', () => {
    const good = sealed(fact.bytes, signature)
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void opened(bytes)))
    fc.assert(
      fc.property(fc.nat({ max: good.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const outcome = opened(good.map((byte, i) => (i === at ? byte ^ flip : byte)))
        if (outcome.ok) expect([outcome.value.id === fact.id, signature.length]).toEqual([at >= good.length - 64, 64])
      }),
      { numRuns: 1_000 },
    )
  })

  it('[WI14] reads our own log again without a signature, and refuses what no longer fits', () => {
    expect(reopen(known, fact.bytes)).toEqual({ ok: true, value: fact })
    expect(reopen(registry([heard]), fact.bytes)).toMatchObject({ code: 'unknown-event' })
    expect(reopen(known, new Uint8Array([1]))).toMatchObject({ ok: false })
  })
})
