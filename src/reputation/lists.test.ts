import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { timestamp } from '../kernel/time.ts'
import { exampleCid, exampleDid, provider, requestor } from '../receipts/receipt.examples.ts'
import {
  barredBy,
  type Entry,
  evolveLists,
  isAllowed,
  type Lists,
  mostEntries,
  programBarredBy,
  type Rule,
} from './lists.ts'
import { Listed, type ListedBody } from './messages.ts'

type Told = Partial<Pick<ListedBody, 'role' | 'kind' | 'name'>> & { at?: number }
const entry = (rule: Rule, { role = 'provider', kind = 'did', name = provider, at = 1 }: Told = {}): Entry =>
  Listed.author({ author: requestor, issuedAt: timestamp(at) }, { role, kind, name, rule })
const listed = (...all: Entry[]): Lists =>
  all.reduce<Lists>((lists, one) => {
    const next = evolveLists(lists, one)
    return next.ok ? next.value : lists
  }, new Map())
const other = exampleDid('X')
const module = exampleCid('module')
const another = exampleCid('another')
const [signer, unnamed] = [exampleDid('S'), exampleDid('U')]
const ofSigner = (rule: Rule, name: string = signer) => entry(rule, { role: 'requestor', kind: 'signer', name })
const ofModule = (rule: Rule, name: string = module) => entry(rule, { role: 'requestor', kind: 'module', name })

describe('lists', () => {
  it('[LI2] [LI4] block by name, and by module', () => {
    const lists = listed(entry('block'), entry('block', { role: 'requestor', kind: 'module', name: module }))
    expect(barredBy(lists, 'provider', provider)).toBe('blocked')
    expect(barredBy(lists, 'provider', other)).toBeUndefined()
    expect(barredBy(lists, 'requestor', provider)).toBeUndefined()
    expect(programBarredBy(lists, { module, signers: [] })).toBe('module-blocked')
    expect(programBarredBy(lists, { module: another, signers: [] })).toBeUndefined()
  })

  it('[LI2] take no others of a kind where some alone are taken', () => {
    const lists = listed(entry('only'))
    expect(barredBy(lists, 'provider', provider)).toBeUndefined()
    expect(barredBy(lists, 'provider', other)).toBe('not-listed')
    expect(barredBy(lists, 'requestor', other)).toBeUndefined()
  })

  it('[LI4] block by signer, though others whom they allow have signed too', () => {
    const lists = listed(ofSigner('block'), ofSigner('only', unnamed), ofModule('allow'))
    expect(programBarredBy(lists, { module, signers: [unnamed, signer] })).toBe('signer-blocked')
    expect(programBarredBy(lists, { module: another, signers: [unnamed] })).toBeUndefined()
    expect(programBarredBy(listed(ofSigner('block')), { module, signers: [unnamed] })).toBeUndefined()
    expect(
      programBarredBy(listed(ofSigner('block'), ofSigner('allow', unnamed)), { module, signers: [] }),
    ).toBeUndefined()
  })

  it('[LI4] take programs alone that somebody on them signed, or that are on them by name', () => {
    const lists = listed(ofSigner('only'), ofModule('allow'))
    expect(programBarredBy(lists, { module: another, signers: [unnamed, signer] })).toBeUndefined()
    expect(programBarredBy(lists, { module, signers: [] })).toBeUndefined()
    for (const signers of [[], [unnamed]])
      expect(programBarredBy(lists, { module: another, signers })).toBe('signer-not-listed')
    const named = listed(ofModule('only'), ofSigner('allow'))
    expect(programBarredBy(named, { module: another, signers: [signer] })).toBeUndefined()
    expect(programBarredBy(named, { module: another, signers: [unnamed] })).toBe('module-blocked')
  })

  it('[LI4] judge who signed a program when that is known', () => {
    const program = { module: another, signers: undefined }
    expect(programBarredBy(listed(ofSigner('only')), program)).toBeUndefined()
    expect(programBarredBy(listed(ofSigner('block')), program)).toBeUndefined()
    expect(programBarredBy(listed(ofModule('only')), program)).toBe('module-blocked')
    expect(programBarredBy(listed(ofModule('only'), ofSigner('allow')), program)).toBeUndefined()
  })

  it('[LI3] take whoever is allowed by name', () => {
    expect(isAllowed(listed(entry('allow')), 'provider', provider)).toBe(true)
    expect(isAllowed(listed(entry('allow')), 'provider', other)).toBe(false)
  })

  it('[LI1] hold the newest word on a name, whichever came first', () => {
    const words = [entry('block', { at: 1 }), entry('allow', { at: 3 }), entry('clear', { at: 2 })]
    fc.assert(
      fc.property(fc.shuffledSubarray(words, { minLength: 3 }), (any) => {
        expect(barredBy(listed(...any), 'provider', provider)).toBeUndefined()
        expect(isAllowed(listed(...any), 'provider', provider)).toBe(true)
      }),
    )
    expect(evolveLists(listed(...words), words[0]!)).toMatchObject({ code: 'entry-outdated' })
    expect(barredBy(listed(entry('block'), entry('clear', { at: 2 })), 'provider', provider)).toBeUndefined()
  })

  it('[LI1] are bounded, and make room for a new name where one was taken off', () => {
    const full = listed(...Array.from({ length: mostEntries }, (_, i) => entry('block', { name: `name ${i}` })))
    expect(full.size).toBe(mostEntries)
    expect(evolveLists(full, entry('block'))).toMatchObject({ code: 'lists-full' })
    const cleared = evolveLists(full, entry('clear', { name: 'name 7', at: 2 }))
    expect(cleared.ok && evolveLists(cleared.value, entry('block')).ok).toBe(true)
  })
})
