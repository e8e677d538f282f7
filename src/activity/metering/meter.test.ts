import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assemble, exportOf, functionType, i32Type, nameBytes } from '../assembler.ts'
import { sampleModule, samples } from '../module-samples.ts'
import { budgetOf, meterExport, mostFuel, readMeter, startExport } from './budget.ts'
import { meterModule } from './meter.ts'
import { meterSlowly, slowExport } from './oracle.examples.ts'
import { program } from './program.arbitraries.ts'

type Exports = Record<string, (...args: unknown[]) => unknown> & Record<string, WebAssembly.Global>
type Outcome = { value?: unknown; trap?: unknown; used: bigint; isOut: ReturnType<typeof readMeter>['isOut'] }

const folder = new URL('fuel-vectors/', import.meta.url)
const { vectors } = JSON.parse(readFileSync(new URL('vectors.json', folder), 'utf8')) as {
  vectors: {
    module: string
    invoke: string
    params: string[]
    value: string | null
    trap: string | null
    fuel: number
    budget?: number
  }[]
}

/** Runs one export of a module under the meter. */
function run(
  bytes: Uint8Array,
  {
    invoke,
    params = [],
    fuel = mostFuel,
    imports = {},
    isDeterministic = false,
  }: { invoke: string; params?: unknown[]; fuel?: bigint; imports?: WebAssembly.Imports; isDeterministic?: boolean },
): Outcome {
  const metered = meterModule(bytes, { isDeterministic })
  if (!metered.ok) throw new Error(`${metered.code} ${JSON.stringify(metered.facts)}`)
  const instance = new WebAssembly.Instance(new WebAssembly.Module(metered.value.bytes), imports)
  const exports = instance.exports as never as Exports
  const meter = exports[meterExport] as WebAssembly.Global
  meter.value = budgetOf(metered.value, fuel)
  try {
    if (metered.value.hasStart) exports[startExport]?.()
    const value = exports[invoke]?.(...params)
    return { value, ...readMeter(meter.value, fuel) }
  } catch (trap) {
    return { trap, ...readMeter(meter.value, fuel) }
  }
}

/** A parameter as the export takes it: what is no 64-bit integer is a number. */
const argument = (text: string, isBig: boolean) => (isBig ? BigInt(text) : Number(text))

describe('fuel', () => {
  for (const { module, invoke, params, value, trap, fuel, budget } of vectors)
    it(`[FU1] [FU2] [FU3] [FU4] ${module} ${invoke}(${params.join()})${budget ? ` within ${budget}` : ''}`, () => {
      const bytes = new Uint8Array(readFileSync(new URL(module, folder)))
      const given = {
        invoke,
        params: params.map((text) => argument(text, invoke === 'bits')),
        fuel: BigInt(budget ?? mostFuel),
      }
      const outcome = run(bytes, given)
      if (budget) expect(outcome).toMatchObject({ isOut: 'fuel', used: BigInt(budget) })
      else if (trap) expect(outcome).toMatchObject({ isOut: undefined, trap: expect.any(WebAssembly.RuntimeError) })
      else expect([Number(outcome.value), outcome.used]).toEqual([Number(value), BigInt(fuel)])
    })

  it('[FU1] [FU4] [MT1] is what every operator alone would add up to, wherever the program goes and the host ends it', () => {
    const outcomes = { over: 0, ended: 0 }
    const property = fc.property(program, fc.integer({ min: 0, max: 9 }), (bytes, first) => {
      const told: number[][] = [[], []]
      /** Ends the program at some of its calls, after it was told everything before. */
      const host = (into: number[]) => ({
        h: {
          h(value: number) {
            into.push(value)
            if (value % 7 === 3) throw new Error('ended')
          },
        },
      })
      const fuel = 20_000n
      const fast = run(bytes, { invoke: 'run', params: [first], fuel, imports: host(told[0]!) })
      const slow = new WebAssembly.Instance(new WebAssembly.Module(meterSlowly(bytes)), host(told[1]!))
      if (fast.isOut) {
        outcomes.over += 1
        return
      }
      outcomes.ended += 1
      const { run: go, [slowExport]: count } = slow.exports as never as Exports
      try {
        go?.(first)
      } catch (error) {
        expect((error as Error).message).toBe((fast.trap as Error | undefined)?.message)
      }
      expect([-(count as WebAssembly.Global).value, told[1]]).toEqual([fast.used, told[0]])
    })
    fc.assert(property, { numRuns: 400 })
    expect(outcomes.ended).toBeGreaterThan(100)
  })

  it('[FU5] of a trap is what was paid for', () => {
    // two constants, of which the second stands behind the division in one line with it
    const code = [0x41, 1, 0x41, 0, 0x6d, 0x1a, 0x41, 1, 0x1a]
    expect(run(sampleModule({ code }), { invoke: '_start' })).toMatchObject({ used: 5n, isOut: undefined })
    const behind = [0x41, 1, 0x41, 0, 0x6d, 0x1a, 0x41, 1, 0x04, 0x40, 0x41, 1, 0x1a, 0x0b]
    expect(run(sampleModule({ code: behind }), { invoke: '_start' }).used).toBe(6n)
  })

  it('[FU5] of a trap deep in a recursion is what everybody on the stack had paid', () => {
    // calls itself three times, and the fourth divides by nothing
    const down = [0x20, 0, 0x04, 0x40, 0x20, 0, 0x41, 1, 0x6b, 0x10, 0, 0x05]
    const dividing = assemble({
      types: [functionType([i32Type])],
      exports: [exportOf('run', 'function', 0)],
      functions: [{ code: [...down, 0x41, 1, 0x41, 0, 0x6d, 0x1a, 0x0b, 0x41, 1, 0x1a] }],
    })
    expect(run(dividing, { invoke: 'run', params: [3] })).toMatchObject({ used: 31n, isOut: undefined })
    const within = (fuel: bigint) => run(dividing, { invoke: 'run', params: [1_000_000], fuel })
    expect(within(100n)).toMatchObject({ used: 100n, isOut: 'fuel' })
    expect(within(mostFuel)).toMatchObject({ used: 18_724n, isOut: 'stack' })
  })

  it('[FU6] stops a loop without end, and charges no more than it was given', () => {
    expect(run(samples.endlessLoop, { invoke: '_start', fuel: 12_345n })).toMatchObject({
      used: 12_345n,
      isOut: 'fuel',
    })
    expect(run(samples.loopAtStart, { invoke: '_start', fuel: 12_345n })).toMatchObject({
      used: 12_345n,
      isOut: 'fuel',
    })
  })
})

describe('the stack', () => {
  it('[SK1] [SK2] ends a recursion at the same call each time, cold or optimised', () => {
    const used = Array.from({ length: 20 }, () => run(samples.recursion, { invoke: '_start' }))
    expect(used[0]).toMatchObject({ isOut: 'stack', trap: expect.any(WebAssembly.RuntimeError) })
    expect(new Set(used.map((one) => one.used)).size).toBe(1)
  })

  it('[SK2] ends a recursion of frames that no stack has room for, however large they are', () => {
    // _start calls itself, and beneath it a function that comes once: together more units than sixteen bits hold
    const [vectors, type] = [Array(49_000).fill(0x7b), 0]
    const tower = assemble({
      types: [functionType([])],
      exports: [exportOf('_start', 'function', 0)],
      functions: [
        { type, localTypes: vectors, code: [0x10, 1, 0x10, 0] },
        { type, localTypes: vectors.slice(0, 10_000), code: [] },
      ],
    })
    expect(run(tower, { invoke: '_start' })).toMatchObject({ isOut: 'stack', used: 3n })
  })

  it('[SK1] refuses what would need too much of it before it runs', () => {
    expect(meterModule(sampleModule({ locals: 40_000 }))).toMatchObject({ ok: false, code: 'stack-over-limit' })
  })
})

describe('a deterministic program', () => {
  const f64 = (...bytes: number[]) => [0x44, ...Array.from({ length: 8 - bytes.length }, () => 0), ...bytes]
  const nought = f64()
  const infinity = f64(0xf0, 0x7f)
  const odd = [0x44, 1, 0, 0, 0, 0, 0, 0xf0, 0x7f] // a signalling NaN
  /** Stores what stands on the stack at address 8, and reads the bits back. */
  function bits(code: number[], isDeterministic = true): bigint {
    const module = sampleModule({ code: [0x41, 8, ...code, 0x39, 3, 0] })
    const metered = meterModule(module, { isDeterministic })
    if (!metered.ok) throw new Error(metered.code)
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(metered.value.bytes))
    const { memory, _start: start, [meterExport]: meter } = exports as never as Exports
    ;(meter as WebAssembly.Global).value = budgetOf(metered.value, mostFuel)
    start?.()
    return new DataView((memory as never as WebAssembly.Memory).buffer).getBigUint64(8, true)
  }
  const canonical = 0x7ff8_0000_0000_0000n

  it('[DT1] has the canonical NaN from arithmetic, also after others took it up', () => {
    expect(bits([...nought, ...nought, 0xa3])).toBe(canonical) // 0 / 0
    expect(bits([...infinity, ...infinity, 0xa1])).toBe(canonical) // ∞ − ∞
    expect(bits([...f64(0xf0, 0xbf), 0x9f])).toBe(canonical) // √−1
    expect(bits([...odd, ...nought, 0xa0])).toBe(canonical)
    expect(bits([...nought, ...nought, 0xa3, 0x9a])).toBe(canonical | 0x8000_0000_0000_0000n) // negated
    expect(bits([...f64(0xf0, 0x3f), ...nought, ...nought, 0xa3, 0xa6])).toBe(0x3ff0_0000_0000_0000n) // its sign copied
    expect(bits([...nought, ...nought, 0xa3, 0xb6, 0xbb])).toBe(canonical) // there and back
    expect(bits([...nought, ...nought, 0xa3, ...f64(0xf0, 0x3f), 0xa0, ...f64(0xf0, 0x3f), 0xa2])).toBe(canonical)
    const vector = [...nought, 0xfd, 20] // f64x2.splat
    expect(bits([...vector, ...vector, 0xfd, 0xf3, 1, 0xfd, 33, 1])).toBe(canonical) // f64x2.div, lane 1
  })

  it('[DT1] keeps the bits that it made itself, and every number', () => {
    expect(bits(odd)).toBe(0x7ff0_0000_0000_0001n)
    expect(bits([...f64(0xf0, 0x3f), ...f64(0xf0, 0x3f), 0xa0])).toBe(0x4000_0000_0000_0000n)
    const minusNought = 0x8000_0000_0000_0000n
    expect(bits([...f64(0x00, 0x80), ...f64(0xf0, 0x3f), 0xa2])).toBe(minusNought)
  })

  it('[DT1] [MT1] has it also where its globals make room for a counter from outside', () => {
    const code = [0x41, 8, ...nought, ...nought, 0xa3, 0x23, 0, 0x45, 0x1a, 0x39, 3, 0] // a NaN, a global, and only then its bits
    const module = assemble({
      types: [functionType([])],
      memories: [[1, 1, 1]],
      globals: [[0x7f, 0, 0x41, 0, 0x0b]],
      exports: [exportOf('_start', 'function', 0)],
      functions: [{ code }],
    })
    const metered = meterModule(module, { isDeterministic: true, isShared: true })
    expect(metered.ok && WebAssembly.validate(metered.value.bytes)).toBe(true)
  })

  it('[DT3] stops, and has used nothing, where its machine cannot give the memory that it may have', () => {
    const module = sampleModule({ memories: [[1, 1, 40]], code: [0x41, 3, 0x40, 0, 0x1a, 0x41, 40, 0x40, 0, 0x1a] })
    const metered = meterModule(module, { isDeterministic: true })
    if (!metered.ok) throw new Error(metered.code)
    const end = (bytes: Uint8Array<ArrayBuffer>) => {
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes))
      const { _start: start, [meterExport]: meter } = exports as never as Exports
      const count = meter as WebAssembly.Global
      count.value = budgetOf(metered.value, 1_000n)
      try {
        start?.()
      } catch {}
      return readMeter(count.value as bigint, 1_000n)
    }
    expect(end(metered.value.bytes)).toEqual({ used: 8n, isOut: undefined }) // the second growth passes the limit: −1
    const at = metered.value.bytes.findIndex((byte, i, all) => byte === 40 && all[i - 1] === 1 && all[i - 2] === 1)
    expect(end(metered.value.bytes.with(at, 2))).toEqual({ used: 0n, isOut: 'machine' }) // as if there were no more
  })

  it('[DT2] [MT1] computes and costs what it does without the profile', () => {
    for (const { module, invoke, params, value, trap, fuel, budget } of vectors) {
      if (budget || trap) continue
      const bytes = new Uint8Array(readFileSync(new URL(module, folder)))
      const given = { invoke, params: params.map((text) => argument(text, invoke === 'bits')), isDeterministic: true }
      const outcome = run(bytes, given)
      expect([invoke, Number(outcome.value), outcome.used]).toEqual([invoke, Number(value), BigInt(fuel)])
    }
  })
})

describe('a module', () => {
  it('[MT2] with a feature that is not metered is refused by its name', () => {
    const refused = (code: number[]) => meterModule(sampleModule({ code }))
    const named = (feature: string) => ({ ok: false, code: 'feature-not-allowed', facts: { feature } })
    expect(refused([0xfe, 0x03, 0x00])).toMatchObject(named('threads'))
    expect(refused([0x06, 0x40, 0x0b])).toMatchObject(named('exceptions'))
    expect(refused([0x12, 0x00])).toMatchObject(named('tail calls'))
    expect(refused([0xfb, 0x00, 0x00])).toMatchObject(named('garbage collection'))
    expect(refused([0xfd, 0x80, 0x02])).toMatchObject(named('relaxed vectors'))
    expect(refused([0xd3])).toMatchObject(named('garbage collection'))
    expect(refused([0x14, 0x00])).toMatchObject(named('typed function references'))
    const tag = [...nameBytes('h'), ...nameBytes('h'), 4, 0, 0]
    expect(meterModule(assemble({ types: [functionType([])], imports: [tag] }))).toMatchObject(named('exceptions'))
  })

  it('[MT3] is refused where it is none, whatever it is', () => {
    const bytes = new Uint8Array(readFileSync(new URL('kernels.wasm', folder)))
    fc.assert(
      fc.property(
        fc.nat({ max: bytes.length - 1 }),
        fc.nat({ max: 255 }),
        fc.nat({ max: bytes.length }),
        (at, value, end) => {
          const spoiled = bytes.slice(0, end)
          spoiled[at] = value
          const metered = meterModule(spoiled)
          if (metered.ok && WebAssembly.validate(spoiled)) expect(WebAssembly.validate(metered.value.bytes)).toBe(true)
        },
      ),
      { numRuns: 2_000 },
    )
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (junk) => void meterModule(junk)))
  })
})
