import { describe, expect, it } from 'vitest'
import { isOrigin, originOf, outboundLimits, readFetch, readOrigin, readOrigins } from './outbound.ts'

describe('an origin', () => {
  it.each([
    'https://api.example.org',
    'https://api.example.org:8443',
    'https://xn--bcher-kva.example',
    'https://a-b.c1.example',
    'http://localhost',
    'http://localhost:8080',
  ])('[FE1] is %s', (text) => {
    expect([isOrigin(text), originOf(text), originOf(`${text}/path?query=1`)]).toEqual([true, text, text])
  })

  it.each([
    'https://API.example.org',
    'https://api.example.org/',
    'https://api.example.org:443',
    'https://api.example.org:0443',
    'https://api.example.org:65536',
    'https://api.example.org.',
    'https://.example.org',
    'https://user@api.example.org',
    'https://api.example.org@evil.example',
    'https://bücher.example',
    'https://localhost',
    'https://10.0.0.1',
    'https://0x7f.1',
    'https://127.1',
    'https://[::1]',
    'https://-a.example',
    'https://*.example.org',
    'http://api.example.org',
    'http://localhost:80',
    'http://localhost.example.org',
    'wss://api.example.org',
    'file:///etc/passwd',
    'https://',
    '',
    `https://${'a'.repeat(60)}.${'b'.repeat(60)}.example`,
  ])('[FE1] is not %s', (text) => {
    expect(isOrigin(text)).toBe(false)
  })

  it('[FE1] is taken from what a person types, in the one spelling', () => {
    expect(readOrigin(' HTTPS://API.Example.org/ ')).toBe('https://api.example.org')
    expect(readOrigin('https://api.example.org:443')).toBe('https://api.example.org')
    expect(readOrigin('https://api.example.org/words')).toBe(undefined)
    expect(readOrigins(['https://a.example', 'https://A.example/'])).toEqual({ ok: true, value: ['https://a.example'] })
    expect(readOrigins(['a.example'])).toMatchObject({ ok: false, code: 'origin-not-allowed' })
    const many = Array.from({ length: outboundLimits.origins + 1 }, (_, index) => `https://a${index}.example`)
    expect(readOrigins(many)).toMatchObject({ ok: false, code: 'too-many-origins' })
  })
})

describe('the address of a request', () => {
  it.each([
    'https://api.example.org@evil.example/',
    'https://api.example.org:443/',
    'https://api.example.org\\@evil.example/',
    'https://api.example.org\t.evil.example/',
    'https://api.example.org#@evil.example/',
    'https://api.example.org/a b',
    'https://api.example.org/ü',
    'https://api.example.org/%00\u0000',
    'https://api.example.org/#fragment',
    'HTTPS://api.example.org/',
    'https:/api.example.org/',
    'https:api.example.org/',
    '//api.example.org/',
    `https://api.example.org/${'a'.repeat(outboundLimits.urlLength)}`,
  ])('[FE1] has no origin where two readers could differ: %s', (url) => {
    expect(originOf(url)).toBe(undefined)
  })

  it.each([
    'https://api.example.org//evil.example/..',
    'https://api.example.org/@evil.example',
    'https://api.example.org?to=https://evil.example',
  ])('[FE1] has the origin that everybody reads: %s', (url) => {
    expect([originOf(url), new URL(url).origin]).toEqual(['https://api.example.org', 'https://api.example.org'])
  })
})

describe('a request', () => {
  const read = (text: string) => readFetch(new TextEncoder().encode(text))

  it('[FE2] is a line, headers and a body', () => {
    expect(read('GET https://a.example/x')).toMatchObject({ method: 'GET', url: 'https://a.example/x', headers: {} })
    expect(read('POST https://a.example\nAccept: text/plain\nx-api-key:k\n\none\n\ntwo')).toEqual({
      method: 'POST',
      url: 'https://a.example',
      origin: 'https://a.example',
      headers: { accept: 'text/plain', 'x-api-key': 'k' },
      body: new TextEncoder().encode('one\n\ntwo'),
    })
  })

  it.each([
    '',
    'GET',
    'get https://a.example',
    'DELETE https://a.example',
    'GET  https://a.example',
    'GET https://a.example HTTP/1.1',
    'GET https://a.example\r\naccept: a',
    'GET https://a.example\ncookie: a=b',
    'GET https://a.example\nhost: evil.example',
    'GET https://a.example\nconstructor: a',
    'GET https://a.example\naccept: a\nAccept: b',
    'GET https://a.example\naccept: ü',
    `GET https://a.example\naccept: ${'a'.repeat(outboundLimits.headerValueLength + 1)}`,
    'GET https://a.example\n\nbody',
  ])('[FE2] is none: %j', (text) => {
    expect(read(text)).toBe('invalid')
  })

  it('[FE3] is not larger than a form', () => {
    expect(readFetch(new Uint8Array(outboundLimits.requestBytes + 1))).toBe('overLimit')
    expect(readFetch(new Uint8Array(outboundLimits.requestBytes))).toBe('invalid')
  })
})
