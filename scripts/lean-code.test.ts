import { parseAst } from 'vite'
import { describe, expect, it } from 'vitest'
import { Netmask } from './address-range.ts'
import { createScalableCuckooFilter } from './exact-filter.ts'
import { keptPeer } from './kept-peer.ts'
import {
  emptied,
  type SyntaxNode,
  withoutCases,
  withoutLogging,
  withoutMethods,
  withoutMetrics,
  withoutStreams,
} from './lean-code.ts'

const parsed = (code: string) => parseAst(code) as unknown as SyntaxNode

describe('what dependencies have too much of', () => {
  it('leaves out what is said to a log, unless saying it does something', () => {
    const lean = (code: string) => withoutLogging(code, parsed(code))
    expect(lean(`if (a) this.log.error('no %e', e)\nb()`)).toBe('if (a) ;\nb()')
    expect(lean(`go().catch(err => { log.trace?.('lost', err.message) })`)).toBe('go().catch(err => { ; })')
    for (const kept of ['log(count++)', 'this.log = logger(name)', 'catalog(1)', 'const said = log(1)'])
      expect(lean(kept)).toBe(kept)
  })

  it('leaves out how a message is read field by field', () => {
    const code =
      'this.stream = stream;codec = message((obj, w) => {}, (reader) => { return obj }, function* (reader) { yield 1 })\nA.stream = stream;'
    expect(withoutStreams(code, parsed(code))).toBe(
      'this.stream = stream;codec = message((obj, w) => {}, (reader) => { return obj })\n',
    )
  })

  it('leaves out what would be counted', () => {
    const lean = (code: string) => withoutMetrics(code, parsed(code))
    expect(lean('this.metrics?.seen(a)')).toBe('undefined?.seen(a)')
    expect(lean('this.metrics.errors?.increment({ lost: true })')).toBe('undefined?.increment({ lost: true })')
    expect(lean('this.metrics = { errors: components.metrics?.counter() }')).toBe('undefined')
    expect(lean('const { metrics } = this')).toBe('const { metrics } = this')
  })

  it('leaves out methods by their names, and says which are not there', () => {
    const code = 'class List { get(i) { return i }\n  indexOf() {} }'
    expect(withoutMethods(code, parsed(code), ['indexOf'])).toBe('class List { get(i) { return i }\n   }')
    expect(() => withoutMethods(code, parsed(code), ['find'])).toThrow('find')
  })

  it('leaves out cases that never come, and says which are not there', () => {
    const code = 'switch (a) { case A: break; case B: one() }'
    expect(withoutCases(code, parsed(code), ['A'])).toBe('switch (a) {  case B: one() }')
    expect(() => withoutCases(code, parsed(code), ['C'])).toThrow('C')
  })

  it('keeps the names of a module that nobody runs', () => {
    const code = emptied('export async function make() {}\nexport class Key {}\nconst a = 1\nexport { a as length, b }')
    expect(code.match(/(?<=export const )\w+/g)).toEqual(['make', 'Key', 'length', 'b'])
  })
})

describe('a range of addresses', () => {
  it('has all that begin as it does', () => {
    const range = new Netmask('172.16.0.0/12')
    expect(['172.15.255.255', '172.16.0.0', '172.31.255.255', '172.32.0.0'].map((one) => range.contains(one))).toEqual([
      false,
      true,
      true,
      false,
    ])
    expect(new Netmask('255.255.255.255/32').contains('255.255.255.255')).toBe(true)
    expect(new Netmask('240.0.0.0/4').contains('241.1.2.3')).toBe(true)
  })
})

describe('what was seen', () => {
  it('knows again what it was given, as bytes or as text, and forgets what is taken out', () => {
    const filter = createScalableCuckooFilter()
    filter.add(new Uint8Array([1, 2]))
    filter.add('10.0.0.1:80')
    expect([filter.has(new Uint8Array([1, 2])), filter.has('10.0.0.1:80')]).toEqual([true, true])
    expect(filter.has(new Uint8Array([12]))).toBe(false)
    expect(filter.remove('10.0.0.1:80')).toBe(true)
    expect(filter.has('10.0.0.1:80')).toBe(false)
  })
})

describe('a peer that is remembered', () => {
  it('is another one for each who asks: what one adds to it the others do not see', () => {
    const peer = { addresses: [{ isCertified: false }], protocols: ['/a'], metadata: new Map(), tags: new Map() }
    const kept = keptPeer.encode(peer)
    peer.tags.set('mine', { value: 1 })
    peer.addresses[0]!.isCertified = true
    expect(keptPeer.decode(kept)).toEqual({ ...peer, addresses: [{ isCertified: false }], tags: new Map() })
  })
})
