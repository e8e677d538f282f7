import { describe, expect, it } from 'vitest'
import { assemble, call, exportOf, functionType, i32, i64Type } from './assembler.ts'
import { calling, vector, write } from './hostile-parts.ts'
import { isAsKnown, knownAnswers } from './known-answers.ts'
import { failedTask, type TaskOutcome } from './task.ts'

const f64Type = 0x7c

/** n! of whole numbers modulo 2⁶⁴ by recursion, and a square root beside it. */
const factorialAndRoot = assemble({
  types: [functionType([i64Type], [i64Type]), functionType([i64Type, f64Type], [i64Type, f64Type])],
  exports: [exportOf('answer', 'function', 1)],
  functions: [
    {
      type: 0,
      // eqz, if, 1, else, n, n - 1, itself, mul
      code: [0x20, 0, 0x50, 0x04, i64Type, 0x42, 1, 0x05, 0x20, 0, 0x20, 0, 0x42, 1, 0x7d, ...call(0), 0x7e, 0x0b],
    },
    { type: 1, code: [0x20, 0, ...call(0), 0x20, 1, 0x9f] },
  ],
})
const saysOk = calling([['fd_write', 2]], write(1), {
  data: [vector(64, 2), [0, ...i32(64), 0x0b, 2, ...new TextEncoder().encode('ok')]],
})()

describe('known answers', () => {
  it('[KA1] are the bytes of these two programs', () => {
    const sources = { function: factorialAndRoot, 'wasi-p1': saysOk }
    expect(knownAnswers.map(({ runtime, bytes }) => ({ [runtime]: bytes }))).toEqual(
      Object.entries(sources).map(([runtime, bytes]) => ({ [runtime]: bytes })),
    )
  })

  it('[KA1] are what a browser that is not ours computes too: 25! modulo 2⁶⁴', () => {
    const factorial = Array.from({ length: 25 }, (_, i) => BigInt(i + 1)).reduce((product, n) => product * n)
    expect(knownAnswers[0]!.expected.values).toEqual([`${BigInt.asIntN(64, factorial)}n`, String(Math.sqrt(2))])
  })

  it.each([
    ['another number', { values: ['1n', '1.4142135623730951'] }],
    ['other fuel', { usage: { durationUs: 1, memoryBytes: 0, fuel: 1n } }],
    ['a failure', failedTask('trapped', 'unreachable')],
  ] satisfies [string, Partial<TaskOutcome>][])('[KA1] does not take %s for the answer', (_, part) => {
    const [known] = knownAnswers
    const { fuel, values } = known!.expected
    const usage = { durationUs: 1, memoryBytes: 0, fuel }
    const right: TaskOutcome = { ...failedTask('stopped', ''), status: 'ok', exitCode: 0, values, usage }
    expect(isAsKnown(known!, right)).toBe(true)
    expect(isAsKnown(known!, { ...right, ...part })).toBe(false)
  })
})
