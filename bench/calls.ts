import { assemble, call, exportOf, functionType, i32, i32Type } from '../src/activity/assembler.ts'

/** A program that does nothing but call: its one export `run` takes a number. */
export type CallsAlone = { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer>; readonly param: number }

const parameter = [0x20, 0]
const less = (by: number): number[] => [...parameter, ...i32(by), 0x6b]
/** `n < 2 ? n : next(n − 1) + next(n − 2)` */
const fib = (next: readonly number[]): number[] => [
  ...[...parameter, ...i32(2), 0x49, 0x04, i32Type, ...parameter, 0x05],
  ...[...less(1), ...next, ...less(2), ...next, 0x6a, 0x0b],
]
/** `n == 0 ? last : next(n − 1)` */
const countdown = (next: number, last: number): number[] => [
  ...[...parameter, 0x45, 0x04, i32Type, ...i32(last), 0x05],
  ...[...less(1), ...call(next), 0x0b],
]
/** So many times over, as the parameter says: what function `callee` gives for `given`, added up. */
const again = (callee: number, given: number): number[] => [
  ...[0x03, 0x40, 0x20, 1, ...i32(given), ...call(callee), 0x6a, 0x21, 1],
  ...[...less(1), 0x22, 0, 0x0d, 0, 0x0b, 0x20, 1],
]
const number = functionType([i32Type], [i32Type])
const exportRun = (index: number) => [exportOf('run', 'function', index)]

/** Each is all calls in another way: how an engine writes functions into one another, and what one call costs, is not the same in two of them. */
export const callsAlone: readonly CallsAlone[] = [
  {
    name: 'fib of two calls',
    bytes: assemble({ types: [number], exports: exportRun(0), functions: [{ code: fib(call(0)) }] }),
    param: 35,
  },
  {
    name: 'fib of two functions in turn',
    bytes: assemble({
      types: [number],
      exports: exportRun(0),
      functions: [{ code: fib(call(1)) }, { code: fib(call(0)) }],
    }),
    param: 35,
  },
  {
    name: 'even and odd, 600 calls deep',
    bytes: assemble({
      types: [number],
      exports: exportRun(2),
      functions: [{ code: countdown(1, 1) }, { code: countdown(0, 0) }, { locals: 1, code: again(0, 600) }],
    }),
    param: 30_000,
  },
  {
    name: 'a tree of calls that give nothing',
    bytes: assemble({
      types: [functionType([i32Type])],
      exports: exportRun(0),
      functions: [{ code: [...parameter, 0x04, 0x40, ...less(1), ...call(0), ...less(1), ...call(0), 0x0b] }],
    }),
    param: 23,
  },
  {
    name: 'six functions over one another, none of which recurses',
    bytes: assemble({
      types: [number],
      exports: exportRun(7),
      functions: [
        ...[1, 2, 3, 4, 5, 6].map((next) => ({ code: [...less(1), ...call(next), ...parameter, ...call(next), 0x6a] })),
        { code: [...parameter, ...i32(3), 0x6c] },
        { locals: 1, code: again(0, 7) },
      ],
    }),
    param: 500_000,
  },
  {
    name: 'fib through a table',
    bytes: assemble({
      types: [number],
      tables: [[0x70, 0, 1]],
      exports: exportRun(0),
      elements: [[0, ...i32(0), 0x0b, 1, 0]],
      functions: [{ code: fib([...i32(0), 0x11, 0, 0]) }],
    }),
    param: 33,
  },
]
