import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cidBytes, cidOf, cidOfDigest, isCid } from './cid.ts'

const hello = new TextEncoder().encode('hello world')

describe('cid', () => {
  it('[WI4] is the name that everybody gives to these bytes', () => {
    expect(cidOf(new Uint8Array(0), 'raw')).toBe('bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku')
    expect(cidOf(hello, 'raw')).toBe('bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e')
    expect(cidOf(new Uint8Array([0xa0]), 'dag-cbor')).toBe(
      'bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swua',
    )
  })

  it('[WI4] is the same whoever hashed', async () => {
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', hello))
    expect(cidOfDigest(digest, 'raw')).toBe(cidOf(hello, 'raw'))
    expect(cidBytes(cidOf(hello, 'raw'))?.subarray(4)).toEqual(digest)
  })

  it.each([
    ['version 0', 'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N'],
    ['upper case', cidOf(hello, 'raw').toUpperCase()],
    ['base58', 'zb2rhj7crUKTQYRGCRATFaQ6YFLTde2YzdqbbhAASkL9uRDXn'],
    ['one letter less', cidOf(hello, 'raw').slice(0, -1)],
    ['one letter more', `${cidOf(hello, 'raw')}a`],
    ['padding bits that are not zero', cidOf(hello, 'raw').replace(/.$/, 'f')],
    ['another codec (dag-pb)', 'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'],
    ['nothing', ''],
    ['no text of that alphabet', `b${'1'.repeat(58)}`],
  ])('[WI4] is not %s', (_, text) => {
    expect(isCid(text)).toBe(false)
  })

  it('[WI4] has one spelling', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.constantFrom('raw' as const, 'dag-cbor' as const), (bytes, codec) => {
        const cid = cidOf(bytes, codec)
        expect(isCid(cid)).toBe(true)
        expect(cidBytes(cid)?.[1]).toBe(codec === 'raw' ? 0x55 : 0x71)
      }),
    )
    fc.assert(fc.property(fc.string({ minLength: 59, maxLength: 59 }), (text) => void isCid(text)))
  })
})
