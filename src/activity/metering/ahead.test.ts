import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Result } from '../../kernel/result.ts'
import { type Rng, seeded } from '../../kernel/rng.ts'
import { assemble, functionType } from '../assembler.ts'
import { sections } from '../module-reader.ts'
import { samples } from '../module-samples.ts'
import { arrivingModule, prepareModule } from '../prepare.ts'
import { readAhead } from './ahead.ts'
import { type Metered, meterModule } from './meter.ts'
import { mutantOf } from './mutant.examples.ts'
import { readShape } from './shape.ts'
import { wideProgram } from './wide-program.examples.ts'

type Bytes = Uint8Array<ArrayBuffer>
const folder = new URL('fuel-vectors/', import.meta.url)
const files = readdirSync(folder).filter((name) => name.endsWith('.wasm'))
const given: readonly Bytes[] = [
  ...files.map((name) => new Uint8Array(readFileSync(new URL(name, folder)))),
  ...Object.values(samples),
  ...Array.from({ length: 20 }, (_, seed) => wideProgram(seed)),
]

/** The module in pieces, of one byte or of many, as its fetch may give it; the last is what comes with the word that it is whole. */
function inPieces(bytes: Bytes, rng: Rng): readonly Bytes[] {
  const most = rng.chance(300) ? 3 : 1 + rng.below(bytes.length + 1)
  const pieces: Bytes[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + 1 + rng.below(most))
    pieces.push(bytes.slice(at, end))
    at = end
  }
  return rng.chance(500) ? [...pieces, new Uint8Array(0)] : pieces
}

/** An outcome as text: the test library compares large arrays element by element, for minutes. */
const said = (outcome: Result<Metered>): string =>
  outcome.ok
    ? JSON.stringify({ ...outcome.value, bytes: Buffer.from(outcome.value.bytes).toString('base64') })
    : JSON.stringify([outcome.code, outcome.facts])

/** @returns whether it was metered */
function compared(bytes: Bytes, rng: Rng): boolean {
  const isDeterministic = rng.chance(500)
  const pieces = inPieces(bytes, rng)
  const name = rng.chance(500) ? 'wasi-p1' : 'function'
  const arriving = arrivingModule(bytes.length, { runtime: name, memoryPages: 16, isDeterministic })
  for (const piece of pieces.slice(0, -1)) arriving.take(piece)
  const prepared = arriving.prepare(pieces.at(-1) ?? bytes)
  expect(said(prepared) === said(prepareModule(bytes, { runtime: name, memoryPages: 16, isDeterministic }))).toBe(true)

  // the meter alone takes more of them: they need be no commands
  const soFar = new Uint8Array(bytes.length)
  const ahead = readAhead(soFar, { isDeterministic, isShared: false })
  let at = 0
  for (const piece of pieces) {
    soFar.set(piece, at)
    at += piece.length
    ahead.goOn(at)
  }
  const metered = meterModule(bytes, { isDeterministic })
  expect(said(meterModule(soFar, { isDeterministic, bodies: ahead.bodies })) === said(metered)).toBe(true)
  return metered.ok
}

describe('a module that is read while it arrives', () => {
  it('[AR1] is written as the whole would be, to the last byte, wherever it is cut', () => {
    let taken = 0
    for (const [seed, bytes] of given.entries())
      for (let round = 0; round < 3; round++) if (compared(bytes, seeded(seed * 3 + round))) taken += 1
    expect(taken).toBeGreaterThan(given.length * 2)
  })

  it('[AR1] [AR2] is refused as the whole would be, whatever is wrong with it', () => {
    const mutants = 800
    let taken = 0
    for (let seed = 0; seed < mutants; seed++) {
      const rng = seeded(seed)
      const mutant = mutantOf(given[rng.below(given.length)]!, given[rng.below(given.length)]!, rng)
      if (compared(mutant, rng)) taken += 1
    }
    expect(taken).toBeGreaterThan(mutants / 10)
    expect(taken).toBeLessThan((mutants * 9) / 10)
  })

  it('[AR1] is refused alike where a function ends in the midst of an operator, whatever will come behind it', () => {
    // 100 bytes long, so that its length could be taken for a type
    const next = { code: Array<number>(98).fill(0x01) }
    const spoiled = assemble({ types: [functionType([])], functions: [{ code: Array<number>(10).fill(0x01) }, next] })
    const { start } = sections(spoiled)!.find(({ id }) => id === 10)!
    spoiled[start + 13] = 0x02 // a block without its type, where the end was
    const whole = meterModule(spoiled)
    expect(whole.ok).toBe(false)
    for (let at = 1; at < spoiled.length; at++) {
      const soFar = spoiled.slice().fill(0, at)
      const ahead = readAhead(soFar, { isDeterministic: false, isShared: false })
      ahead.goOn(at)
      soFar.set(spoiled)
      expect(said(meterModule(soFar, { bodies: ahead.bodies }))).toBe(said(whole))
    }
  })

  it('[AR1] has its functions read by the time its last byte comes', () => {
    const bytes = wideProgram(3)
    const ahead = readAhead(bytes, { isDeterministic: false, isShared: false })
    const whole = readShape(bytes)
    const bodiesCount = whole.ok && whole.value.functions.length - whole.value.importedFunctions
    const { start, end } = sections(bytes)!.find(({ id }) => id === 10)!
    ahead.goOn(start + 5)
    const bodies = ahead.bodies!
    ahead.goOn(end)
    // nothing of it is read once more: neither would it be there
    bytes.fill(0xff, start, end)
    const all = bodies.all()
    expect('feature' in all ? all : all.length).toBe(bodiesCount)
  })
})
