import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cidOf } from '../wire/cid.ts'
import { type Command, checkScript, directionOf, mostCommands, scriptMachine } from './script.ts'

const stored = `content:${cidOf(new Uint8Array([1]), 'raw')}`
const commands: Readonly<Record<Command['type'], Command>> = {
  deploy: { type: 'deploy' },
  start: { type: 'start', args: ['-v'] },
  transfer: { type: 'transfer', from: stored, to: 'file:data.txt' },
  run: { type: 'run', args: ['data.txt'] },
  sign: { type: 'sign' },
  terminate: { type: 'terminate' },
}
const script = (...types: Command['type'][]) => types.map((type) => commands[type])

describe('a script', () => {
  it('[SR1] deploys, starts, does its work and ends, and may begin again', () => {
    const whole = script('deploy', 'start', 'transfer', 'run', 'run', 'sign', 'terminate', 'deploy', 'start', 'run')
    expect(checkScript(whole).ok).toBe(true)
    expect(checkScript([]).ok).toBe(true)
  })

  it.each([
    ['runs what was not deployed', script('run'), 0, 'Initialized'],
    ['runs what has not started', script('deploy', 'run'), 1, 'Deployed'],
    ['deploys twice', script('deploy', 'start', 'deploy'), 2, 'Ready'],
    ['goes on after its end', script('deploy', 'start', 'terminate', 'run'), 3, 'Initialized'],
    ['signs nothing', script('deploy', 'sign'), 1, 'Deployed'],
  ])('[SR1] is refused that %s, with the place', (_, wrong, index, state) => {
    expect(checkScript(wrong)).toMatchObject({ code: 'script-out-of-order', facts: { index, state } })
  })

  it('[SR1] is as its table says, whatever the order', () => {
    const types = fc.array(fc.constantFrom(...(Object.keys(commands) as Command['type'][])), { maxLength: 8 })
    fc.assert(
      fc.property(types, (order) => {
        let state: ReturnType<typeof scriptMachine.next> = scriptMachine.initial
        for (const type of order) state = state && scriptMachine.next(state, type)
        expect(checkScript(script(...order)).ok).toBe(state !== undefined)
      }),
    )
  })

  it('[SR1] is no longer than it may be', () => {
    const long = script('deploy', 'start', ...Array.from({ length: mostCommands }, () => 'run' as const))
    expect(checkScript(long)).toMatchObject({ code: 'script-too-long' })
  })

  it('[SR2] brings stored content into a file, and a file into the store under its own name', () => {
    expect(directionOf({ type: 'transfer', from: stored, to: 'file:a/b' })).toMatchObject({ kind: 'in', path: 'a/b' })
    expect(directionOf({ type: 'transfer', from: 'file:a/b', to: 'content:' })).toEqual({ kind: 'out', path: 'a/b' })
  })

  it.each([
    ['file:a', 'file:b'],
    [stored, 'content:'],
    ['https://example.org/a', 'file:a'],
    ['file:', 'content:'],
    [stored, 'file:'],
  ])('[SR2] transfers nothing from %s to %s', (from, to) => {
    const wrong = [...script('deploy', 'start'), { type: 'transfer', from, to } as const]
    expect(checkScript(wrong)).toMatchObject({ code: 'transfer-not-allowed', facts: { index: 2 } })
  })

  it.each(['', 'nothing', stored.slice('content:'.length).toUpperCase(), `${stored.slice('content:'.length)}a`])(
    '[SR2] says which transfer names content by %j, which is no CID',
    (content) => {
      const wrong = [
        ...script('deploy', 'start', 'run'),
        { type: 'transfer', from: `content:${content}`, to: 'file:a' } as const,
      ]
      expect(checkScript(wrong)).toMatchObject({ code: 'not-a-cid', facts: { index: 3, content } })
    },
  )

  it.each(['undeploy', '', 'constructor', undefined])('[SR1] has no command %j', (type) => {
    const wrong = [...script('deploy', 'start'), { type } as unknown as Command]
    expect(checkScript(wrong)).toMatchObject({ code: 'command-unknown', facts: { index: 2 } })
  })
})
