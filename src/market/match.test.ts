import { describe, expect, it } from 'vitest'
import type { Did } from '../wire/schema.ts'
import { parseConstraint } from './constraints-parse.ts'
import { explainMatch, matches, type Side } from './match.ts'
import type { Properties } from './property.ts'

function side(author: string, properties: Properties, text: string): Side {
  const constraints = parseConstraint(text)
  if (!constraints.ok) throw new Error(text)
  return { author: author as Did, properties, constraints: constraints.value }
}

const demand = side('did:key:buyer', { subnet: 'public', budget: 100 }, '(&(cores>=2)(region=eu-*))')
const offer = side('did:key:seller', { cores: 4, region: 'eu-west' }, '(subnet=public)')

describe('matching', () => {
  it('[PC18] needs both sides to be true', () => {
    expect(matches(demand, offer)).toBe(true)
    expect(explainMatch(demand, offer)).toEqual({ matches: true })
  })
  it('[PC18] fails when the offer falls short, and says where', () => {
    const small = { ...offer, properties: { cores: 1, region: 'eu-west' } }
    expect(matches(demand, small)).toBe(false)
    expect(explainMatch(demand, small)).toEqual({
      matches: false,
      ownOffer: false,
      offerFails: [{ name: 'cores', wanted: '>= 2', found: '1', verdict: 'false' }],
      demandFails: [],
    })
  })
  it('[PC18] fails when the demand falls short, and says where', () => {
    const picky = side(offer.author, offer.properties, '(&(subnet=private)(budget>=1000))')
    expect(explainMatch(demand, picky)).toMatchObject({
      offerFails: [],
      demandFails: [{ name: 'subnet' }, { name: 'budget', found: '100' }],
    })
  })
  it('[PC18] takes undefined for no match', () => {
    const silent = { ...offer, properties: { cores: 4 } }
    expect(matches(demand, silent)).toBe(false)
    expect(explainMatch(demand, silent)).toMatchObject({ offerFails: [{ name: 'region', verdict: 'undefined' }] })
  })
  it('[PC18] never takes an own offer', () => {
    const own = { ...offer, author: demand.author }
    expect(matches(demand, own)).toBe(false)
    expect(explainMatch(demand, own)).toEqual({ matches: false, ownOffer: true, offerFails: [], demandFails: [] })
  })
  it('[PC16] a thousand offers take a few milliseconds', () => {
    const asked = '(&(cores>=2)(region=eu-*)(features=simd128)(version>=1.0.0)(gib>=0.5)(|(load<900)(subnet=public)))'
    const busy = side('did:key:buyer', { subnet: 'public', budget: 100 }, asked)
    const offers = Array.from({ length: 1000 }, (_, i) =>
      side(
        `did:key:seller${i}`,
        {
          cores: 1 + (i % 8),
          region: i % 2 ? 'eu-west' : 'us-east',
          features: ['bulk-memory', 'simd128'],
          version: { version: `1.${i % 10}.0` },
          gib: { number: '3.75' },
          load: i,
        },
        '(&(subnet=public)(budget>=10))',
      ),
    )
    const run = () => offers.filter((one) => matches(busy, one)).length
    for (let i = 0; i < 20; i++) run()
    const started = performance.now()
    for (let i = 0; i < 20; i++) expect(run()).toBe(450)
    expect((performance.now() - started) / 20).toBeLessThan(50) // 2 ms alone on a quiet core; the rest is for a busy machine
  })
})
