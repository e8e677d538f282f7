import { describe, expect, it } from 'vitest'
import { type CustomRuntime, checkCustomRuntimes, templateOf } from './custom-runtime.ts'

const named = (name: string, offer: CustomRuntime['offer'] = {}): CustomRuntime => ({
  name,
  offer,
  selfTest: () => Promise.resolve(),
  deploy: () => Promise.reject(new Error('not asked for')),
})

describe('[DR1] runtimes of a developer’s own', () => {
  it('say of themselves what their offers carry', () => {
    const all = [named('prime-sieve', { 'most-digits': 12, exact: true }), named('echo')]
    expect(checkCustomRuntimes(all).ok).toBe(true)
    expect(templateOf(all)).toEqual({
      'tabmesh.runtime.prime-sieve.most-digits': 12,
      'tabmesh.runtime.prime-sieve.exact': true,
    })
  })

  it.each(['', 'Echo', '9lives', 'a b', 'wasi-p1', 'component', 'function', 'x'.repeat(33)])(
    'are not named %j',
    (name) => expect(checkCustomRuntimes([named(name)])).toMatchObject({ code: 'runtime-name-not-allowed' }),
  )

  it('are not named alike, are eight at most, and their templates are small', () => {
    expect(checkCustomRuntimes([named('echo'), named('echo')])).toMatchObject({ code: 'runtime-name-not-allowed' })
    const nine = Array.from({ length: 9 }, (_, i) => named(`r${i}`))
    expect(checkCustomRuntimes(nine)).toMatchObject({ code: 'too-many-runtimes' })
    expect(checkCustomRuntimes([named('echo', { Key: 1 })])).toMatchObject({ code: 'offer-template-not-allowed' })
    const long = named('echo', { text: 'x'.repeat(257) })
    expect(checkCustomRuntimes([long])).toMatchObject({ code: 'offer-template-not-allowed' })
    const many = named('echo', Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`k${i}`, i])))
    expect(checkCustomRuntimes([many])).toMatchObject({ code: 'offer-template-not-allowed' })
  })
})
