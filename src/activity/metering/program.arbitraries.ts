import fc from 'fast-check'
import { assemble, exportOf, functionType, i32Type, importFunction } from '../assembler.ts'

/** Import 0 takes a number; functions 1 to 3 take one and have two locals more; function 1 is exported as `run`. */
const functions = 3
const locals = 3

type Statement = (depth: number) => readonly number[]

const local = fc.nat({ max: locals - 1 })
const number = fc.integer({ min: -20, max: 60 }).map((value) => value & 0x7f)
const get = (index: number): number[] => [0x20, index]

/** Statements that leave the stack as it was, so that any sequence of them is a valid body. */
const { statement } = fc.letrec<{ statement: Statement; body: Statement }>((tie) => ({
  body: fc.array(tie('statement'), { maxLength: 5 }).map((all) => (depth: number) => all.flatMap((one) => one(depth))),
  statement: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.tuple(local, number, local).map(([a, k, b]) => () => [...get(a), 0x41, k, 0x6a, 0x21, b]),
    fc.constant(() => [0x01, 0x41, 0, 0x1a]),
    local.map((a) => () => [...get(a), 0x10, 0]),
    fc.tuple(fc.integer({ min: 1, max: functions }), local).map(([f, a]) => () => [...get(a), 0x10, f]),
    fc.tuple(fc.nat({ max: 8 }), local).map(([label, a]) => (depth: number) => [...get(a), 0x0d, label % depth]),
    fc.nat({ max: 8 }).map((label) => (depth: number) => [0x0c, label % depth]),
    fc.tuple(fc.nat({ max: 8 }), fc.nat({ max: 8 }), local).map(([x, y, a]) => (depth: number) => [
      ...get(a),
      0x0e,
      1,
      x % depth,
      y % depth,
    ]),
    fc.constant(() => [0x0f]),
    tie('body').map((body) => (depth: number) => [0x02, 0x40, ...body(depth + 1), 0x0b]),
    tie('body').map((body) => (depth: number) => [0x03, 0x40, ...body(depth + 1), 0x0b]),
    fc.tuple(local, tie('body'), fc.option(tie('body'))).map(([a, then, other]) => (depth: number) => [
      ...[...get(a), 0x04, 0x40, ...then(depth + 1)],
      ...(other ? [0x05, ...other(depth + 1)] : []),
      0x0b,
    ]),
  ),
}))

/** Programs that branch, loop, call each other and the host, and come to an end or do not. */
export const program = fc
  .tuple(...Array.from({ length: functions }, () => fc.array(statement, { minLength: 1, maxLength: 8 })))
  .map((bodies) =>
    assemble({
      types: [functionType([i32Type])],
      imports: [importFunction('h', 'h', 0)],
      exports: [exportOf('run', 'function', 1)],
      functions: bodies.map((all) => ({ locals: locals - 1, code: all.flatMap((one) => one(1)) })),
    }),
  )
