import { describe, expect, it } from 'vitest'
import { budgetOf, meterExport, readMeter, startExport } from './budget.ts'
import { type Metered, meterModule } from './meter.ts'
import { meterSlowly, slowExport } from './oracle.examples.ts'
import { wideProgram } from './wide-program.examples.ts'

/** Some seconds' worth. TABMESH_FUZZ asks for more, TABMESH_FUZZ_FROM for others. */
const programs = Number(process.env['TABMESH_FUZZ'] ?? 400)
const first = Number(process.env['TABMESH_FUZZ_FROM'] ?? 0)

describe('programs of everything that is metered', () => {
  it('[MT1] [FU1] [FU2] [FU3] [FU4] [FU5] [DT1] [DT2] compute the same and cost what every operator alone adds up to', () => {
    const seen = { ended: 0, trapped: 0, 'out of a budget': 0 }
    for (let seed = first; seed < first + programs; seed++) {
      const { difference, ending } = differenceOf(wideProgram(seed))
      expect(difference, `seed ${seed}`).toBeUndefined()
      seen[ending]++
    }
    expect(seen.ended).toBeGreaterThan(programs / 5)
    expect(seen.trapped).toBeGreaterThan(programs / 50)
  }, 600_000)
})

type Exports = Record<string, (...values: unknown[]) => unknown> & {
  readonly memory: WebAssembly.Memory
  readonly table: WebAssembly.Table
}

/** What a program has done: how it ended, what it told the host, and what it left behind. */
type Course = {
  readonly end: string
  readonly told: readonly string[]
  readonly state: string
  readonly memory: Uint8Array
  readonly used: bigint
  /** False of a plain program whose start function did not come to its end: there is nothing to look at. */
  readonly hasBegun: boolean
  readonly hasStart: boolean
  readonly isOut: ReturnType<typeof readMeter>['isOut']
}

/** What a start function costs more, rule FU3. */
const enteringStart = 2n
/** Fuel that ends what does not end by itself: most programs need a tenth of it. */
const fuel = 30_000n

/**
 * Runs a program of `wideProgram` as it is, metered, counted slowly, and both of these with the profile of determinism.
 * @returns what differs, if anything, and how the program ended
 */
function differenceOf(bytes: Uint8Array): {
  readonly difference: string | undefined
  readonly ending: 'ended' | 'trapped' | 'out of a budget'
} {
  const fast = [false, true].map((isDeterministic) => {
    const metered = meterModule(bytes, { isDeterministic })
    if (!metered.ok) throw new Error(`${metered.code} ${JSON.stringify(metered.facts)}`)
    return { metered: metered.value, course: runMetered(metered.value, fuel) }
  })
  const [metered, deterministic] = fast
  let difference: string | undefined
  if (!metered!.course.isOut) {
    const plain = runPlain(bytes)
    const slow = runPlain(meterSlowly(bytes))
    difference =
      compare('without the meter', plain, metered!.course, false) ?? compare('slowly', slow, metered!.course, true)
    if (metered!.course.end.startsWith('value')) difference ??= tight(metered!.metered, metered!.course.used)
  }
  if (!deterministic!.course.isOut) {
    const slow = runPlain(meterSlowly(bytes, { isDeterministic: true }))
    difference ??= compare('slowly and deterministic', slow, deterministic!.course, true)
  }
  if (metered!.course.isOut) return { difference, ending: 'out of a budget' }
  return { difference, ending: metered!.course.end.startsWith('RuntimeError') ? 'trapped' : 'ended' }
}

/** With just the fuel that it needs a program comes to its end, with a unit less it does not. */
function tight(metered: Metered, used: bigint): string | undefined {
  const enough = runMetered(metered, used)
  if (enough.isOut || enough.used !== used)
    return `with the ${used} units that it needs: ${enough.isOut}, ${enough.used}`
  const short = runMetered(metered, used - 1n)
  if (short.isOut !== 'fuel' || short.used !== used - 1n) return `with a unit less than ${used}: ${short.isOut}`
  return undefined
}

function compare(how: string, slow: Course, ours: Course, isCounted: boolean): string | undefined {
  if (slow.end !== ours.end) return `${how}: ${slow.end} | ${ours.end}`
  if (slow.told.join() !== ours.told.join()) return `${how} the host hears ${slow.told} | ${ours.told}`
  if (!slow.hasBegun) return undefined
  if (slow.state !== ours.state) return `${how}: ${slow.state} | ${ours.state}`
  const at = slow.memory.findIndex((byte, i) => byte !== ours.memory[i])
  if (at >= 0 || slow.memory.length !== ours.memory.length)
    return `${how}: memory at ${at} is ${slow.memory.slice(at, at + 8)} | ${ours.memory.slice(at, at + 8)}`
  if (!isCounted) return undefined
  // A trap costs what was paid for, which is what was executed or more.
  const isTrap = ours.end.startsWith('RuntimeError')
  const expected = slow.used + (ours.hasStart ? enteringStart : 0n)
  const isRight = isTrap ? ours.used >= expected : ours.used === expected
  return isRight ? undefined : `${how} it costs ${expected} | ${ours.used}, ${ours.end}`
}

/** What the host offers: it is told a number and may end the program there. */
function hostOf(told: string[]): WebAssembly.Imports {
  return {
    h: {
      h(value: number) {
        told.push(String(value))
        if (value % 5 === 3) throw new Error('ended by the host')
      },
      g(value: bigint) {
        told.push(String(value))
        return BigInt.asIntN(64, value * 3n + 1n)
      },
    },
  }
}

function runMetered(metered: Metered, within: bigint): Course {
  const told: string[] = []
  const instance = new WebAssembly.Instance(new WebAssembly.Module(metered.bytes), hostOf(told))
  const exports = instance.exports as never as Exports
  const meter = exports[meterExport] as never as WebAssembly.Global
  const refill = (): void => {
    meter.value = budgetOf(metered, within)
  }
  refill()
  const end = ending(() => {
    if (metered.hasStart) exports[startExport]?.()
    return exports['run']?.(7)
  })
  const counted = readMeter(meter.value as bigint, within)
  refill()
  return { end, ...left(exports), told, ...counted, hasBegun: true, hasStart: metered.hasStart }
}

/** A start function of a plain module runs while it is instantiated, where what it left cannot be looked at if it did not come to its end. */
function runPlain(bytes: Uint8Array<ArrayBuffer> | Uint8Array): Course {
  const told: string[] = []
  let exports: Exports | undefined
  const module = new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>)
  const end = ending(() => {
    exports = new WebAssembly.Instance(module, hostOf(told)).exports as never as Exports
    return exports['run']?.(7)
  })
  const count = exports?.[slowExport] as WebAssembly.Global | undefined
  const used = -((count?.value as bigint | undefined) ?? 0n)
  return {
    end,
    told,
    ...(exports ? left(exports) : nothingLeft),
    used,
    hasBegun: exports !== undefined,
    hasStart: false,
    isOut: undefined,
  }
}

function ending(go: () => unknown): string {
  try {
    return `value ${go()}`
  } catch (cause) {
    return `${(cause as Error).name} ${(cause as Error).message}`
  }
}

const nothingLeft = { state: '', memory: new Uint8Array(0) }

function left(exports: Exports): Pick<Course, 'state' | 'memory'> {
  exports['dump']?.()
  const entries = Array.from(
    { length: exports.table.length },
    (_, i) => (exports.table.get(i) as { name: string } | null)?.name,
  )
  const globals = Object.entries(exports).flatMap(([name, one]) =>
    name.startsWith('global ') && name !== `global ${0x7b}` ? [bitsOf((one as never as WebAssembly.Global).value)] : [],
  )
  return { state: `${globals.join()} ${entries.join()}`, memory: new Uint8Array(exports.memory.buffer) }
}

const scratch = new DataView(new ArrayBuffer(8))
function bitsOf(value: unknown): string {
  if (typeof value !== 'number') return String(value)
  scratch.setFloat64(0, value)
  return scratch.getBigUint64(0).toString(16)
}
