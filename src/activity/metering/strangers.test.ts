import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { seeded } from '../../kernel/rng.ts'
import { type Assembly, assemble, exportOf, functionType } from '../assembler.ts'
import { u32Bytes } from '../module-reader.ts'
import { prepareModule } from '../prepare.ts'
import { meterModule } from './meter.ts'
import { mutantOf, withoutRemarks } from './mutant.examples.ts'
import { wideProgram } from './wide-program.examples.ts'

const refill = [0x42, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x3f] // i64.const of a great many units

/** A program with two functions, of which the second does nothing, and whatever else is said. */
const program = (code: readonly number[], more: Assembly = {}) =>
  assemble({
    types: [functionType([])],
    memories: [[1, 1, 1]],
    exports: [exportOf('_start', 'function', 0), exportOf('memory', 'memory', 0)],
    functions: [{ code }, { code: [] }],
    ...more,
  })

describe('what the meter adds', () => {
  const refused = (bytes: Uint8Array): void => {
    expect(WebAssembly.validate(bytes as Uint8Array<ArrayBuffer>)).toBe(false)
    expect(meterModule(bytes).ok).toBe(false)
  }

  it('[MT4] is named by no operator: neither the counter, nor its copy, nor its functions, nor its types', () => {
    refused(program([...refill, 0x24, 0])) // global.set of the counter
    refused(program([0x03, 0x40, ...refill, 0x21, 0, 0x0b])) // local.set of its copy
    refused(program([0x41, 0, 0x10, 2])) // a call of what charges
    refused(program([0xd2, 2, 0x1a])) // a reference to it
    refused(program([0x41, 0, 0x11, 1, 0], { tables: [[0x70, 0, 1]] })) // a call by its type
    refused(program([0x02, 1, 0x0b]))
  })

  it('[MT4] is named by nothing beside the code', () => {
    refused(program([], { start: 2 }))
    refused(program([], { exports: [exportOf('_start', 'function', 0), exportOf('other', 'function', 3)] }))
    refused(program([], { exports: [exportOf('_start', 'function', 0), exportOf('counter', 'global', 0)] }))
    refused(program([], { tables: [[0x70, 0, 1]], elements: [[0, 0x41, 0, 0x0b, 1, 2]] }))
    refused(program([], { globals: [[0x70, 0, 0xd2, 2, 0x0b]] }))
    refused(program([], { functions: [{ type: 1, code: [] }] }))
  })

  it('[MT4] is left by no branch that leads past the whole function', () => {
    // a function that may come twice on the stack is put into a block, of which the program knows nothing
    refused(program([0x10, 0, 0x0c, 1]))
    refused(program([0x10, 0, 0x00, 0x0c, 1]))
  })

  it('[MT1] [MT3] fits in where a function takes as many values as an engine bears', () => {
    // it gets them from another one, so that its own code is short, and calls itself
    const all = Array<number>(1_000).fill(0x7f)
    const many = [...u32Bytes(all.length), ...all]
    const full = assemble({
      types: [
        [0x60, ...many, 0],
        [0x60, 0, ...many],
      ],
      exports: [exportOf('run', 'function', 0)],
      functions: [
        { type: 0, code: [0x10, 1, 0x10, 0] },
        { type: 1, code: all.flatMap(() => [0x41, 0]) },
      ],
    })
    expect(WebAssembly.validate(full)).toBe(true)
    const metered = meterModule(full)
    expect(metered.ok && WebAssembly.validate(metered.value.bytes)).toBe(true)
  })

  it('[MT4] counts also where an engine knows types that are longer', () => {
    const typed = { ok: false, code: 'feature-not-allowed', facts: { feature: 'typed function references' } }
    // Read by one byte, what follows would be taken for `unreachable`, and all behind it for what is never executed.
    const local = assemble({ types: [functionType([])], functions: [{ localTypes: [0x63, 0x00], code: [] }] })
    expect(meterModule(local)).toMatchObject({ ok: false })
    expect(meterModule(program([0xd0, 0x00, 0x1a]))).toMatchObject(typed)
    expect(meterModule(program([0xd0, 0x70, 0xd0, 0x70, 0x41, 0, 0x1c, 1, 0x63, 0x00, 0x1a]))).toMatchObject(typed)
    expect(meterModule(program([0x02, 0x64, 0x70, 0x00, 0x0b, 0x1a]))).toMatchObject(typed)
    expect(meterModule(program([0x02, 0xe4, 0x7f, 0x00, 0x0b, 0x1a]))).toMatchObject(typed)
    expect(meterModule(program([], { globals: [[0x63, 0, 0, 0xd0, 0, 0x0b]] }))).toMatchObject({ ok: false })
    expect(meterModule(program([], { elements: [[5, 0x63, 0, 0]] }))).toMatchObject({ ok: false })
  })
})

describe('a spoiled module', () => {
  /** A second's worth. TABMESH_FUZZ asks for more, TABMESH_FUZZ_FROM for others. */
  const mutants = Number(process.env['TABMESH_FUZZ'] ?? 2_500)
  const first = Number(process.env['TABMESH_FUZZ_FROM'] ?? 0)
  const folder = new URL('fuel-vectors/', import.meta.url)
  const files = readdirSync(folder).filter((name) => name.endsWith('.wasm'))
  const given = [
    ...files.map((name) => new Uint8Array(readFileSync(new URL(name, folder)))),
    ...Array.from({ length: 20 }, (_, seed) => wideProgram(seed)),
  ]

  it('[MT2] [MT3] stays what it was to an engine, or is refused by a name', () => {
    const seen = { taken: 0, refused: 0, spoiled: 0 }
    for (let seed = first; seed < first + mutants; seed++) {
      const rng = seeded(seed)
      const mutant = mutantOf(given[rng.below(given.length)]!, given[rng.below(given.length)]!, rng)
      const isValid = WebAssembly.validate(withoutRemarks(mutant))
      const metered = meterModule(mutant, { isDeterministic: rng.chance(500) })
      prepareModule(mutant, { runtime: 'wasi-p1', memoryPages: 16 })
      if (metered.ok) expect(WebAssembly.validate(metered.value.bytes), `seed ${seed}`).toBe(isValid)
      else if (isValid) expect(['feature-not-allowed', 'stack-over-limit'], `seed ${seed}`).toContain(metered.code)
      seen[isValid ? (metered.ok ? 'taken' : 'refused') : 'spoiled']++
    }
    expect(seen.taken).toBeGreaterThan(mutants / 10)
    expect(seen.spoiled).toBeGreaterThan(mutants / 10)
  }, 600_000)
})
