import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type HostFunction, hostAbi, hostFunction, hostModule, type Moved, wasiModule } from './host-abi.ts'
import { type FunctionWords, ownWords, wasiWords } from './host-abi-words.ts'

const page = fileURLToPath(new URL('../../docs/host-abi.md', import.meta.url))
const header = fileURLToPath(new URL('../../examples/tabmesh.h', import.meta.url))
const mark = '<!-- tables -->\n'

const moves: Readonly<Record<Moved['by'], (one: Moved, names: readonly string[]) => string>> = {
  argument: (one, names) =>
    one.by === 'argument' ? `${one.each === 1 ? '' : `${one.each} × `}\`${names[one.at]}\`` : '',
  answer: (one, names) => (one.by === 'answer' ? `what is at \`${names[one.at]}\` then` : ''),
  result: () => 'its result',
  arguments: () => 'all arguments',
  variables: () => 'all variables',
  fetched: () => 'what came back',
}

const words: Readonly<Record<string, Readonly<Record<string, FunctionWords>>>> = {
  [hostModule]: ownWords,
  [wasiModule]: wasiWords,
}

function row(name: string, { units, moved }: HostFunction, { signature, meaning }: FunctionWords): string {
  const names = [...signature.matchAll(/(\w+):/g)].map(([, one]) => one!)
  const bytes = moved.map((one) => moves[one.by](one, names)).join(' + ') || 'none'
  return `| \`${name}${signature}\` | ${units} | ${bytes} | ${meaning} |`
}
const tables = [hostModule, wasiModule].map((module) =>
  [
    `## \`${module}\``,
    '',
    '| function | units | bytes moved | |',
    '| --- | --- | --- | --- |',
    ...Object.entries(hostAbi[module]!).map(([name, one]) => row(name, one, words[module]![name]!)),
    '',
  ].join('\n'),
)

describe('what a program may ask of its host', () => {
  it('[HA1] is documented as it is', () => {
    const [said = ''] = readFileSync(page, 'utf8').split(mark)
    const whole = `${said}${mark}\n${tables.join('\n')}`
    if (process.env['PIN_DOCS']) writeFileSync(page, whole)
    expect(readFileSync(page, 'utf8')).toBe(whole)
  })

  it('[HA1] is in the header for C, each function with as many parameters', () => {
    const found = [...readFileSync(header, 'utf8').matchAll(/IMPORT\((\w+)\) (int\d+)_t \w+\(([^)]*)\)/g)].map(
      ([, name, result, params]) => [name, result, params === 'void' ? 0 : params!.split(',').length],
    )
    const listed = Object.entries(hostAbi[hostModule]!).map(([name, { params, results }]) => [
      name,
      results[0] === 'i64' ? 'int64' : 'int32',
      params.length,
    ])
    expect(found.sort()).toEqual(listed.sort())
  })

  it('[HA1] is nothing by another name', () => {
    for (const name of ['toString', '__proto__', 'constructor', 'fd_open'])
      for (const module of [wasiModule, hostModule, '__proto__']) expect(hostFunction(module, name)).toBe(undefined)
  })

  it('[HA1] is written in words as it is', () => {
    for (const [module, functions] of Object.entries(hostAbi)) {
      expect(Object.keys(words[module]!).sort()).toEqual(Object.keys(functions).sort())
      for (const [name, { params, results }] of Object.entries(functions)) {
        const [taken = '', given = ''] = words[module]![name]!.signature.split('->')
        expect([taken.match(/(?<=: )i\d+/g) ?? [], given.match(/i\d+/g) ?? []]).toEqual([params, results])
      }
    }
  })

  it('[HA2] has a price, and moves what its arguments or answers say', () => {
    for (const { params, units, moved } of Object.values(hostAbi).flatMap(Object.values)) {
      expect(units).toBeGreaterThan(0)
      for (const one of moved) if ('at' in one) expect(one.at).toBeLessThan(params.length)
    }
  })
})
