import { concatBytes } from '../kernel/bytes.ts'
import {
  type Assembly,
  assemble,
  call,
  drop,
  exportOf,
  functionType,
  i32,
  i32Type,
  importFunction,
  moduleHeader,
} from './assembler.ts'
import { wasiModule } from './host-abi.ts'
import type { DeployCode } from './runtime.ts'
import type { TaskErrorCode } from './task.ts'

/** A program that is up to no good, what it tries, and how it must end: refused, or stopped. */
export type Hostile = {
  readonly name: string
  /** What it tries, for whoever watches. */
  readonly tries: string
  readonly bytes: () => Uint8Array<ArrayBuffer>
  /** Any of these; `harmless` where the worst that comes of it is an exit. */
  readonly ends: readonly (DeployCode | TaskErrorCode | 'harmless')[]
}

export const start = exportOf('_start', 'function', 0)
export const memory = exportOf('memory', 'memory', 0)
export const types = [
  functionType([]),
  functionType([i32Type]),
  functionType([i32Type, i32Type, i32Type, i32Type], [i32Type]),
  functionType([i32Type, i32Type], [i32Type]),
]
/** Types 0 to 3 as above, one page of memory, and the function with these operators as `_start`. */
export const program =
  (code: readonly number[], more: Assembly = {}) =>
  (): Uint8Array<ArrayBuffer> =>
    assemble({ types, memories: [[0, 1]], exports: [start, memory], functions: [{ code }], ...more })
/** The same with imported functions in front: `_start` comes behind them. */
export const calling = (
  imports: readonly (readonly [name: string, type: number])[],
  code: readonly number[],
  more: Assembly = {},
) =>
  program(code, {
    imports: imports.map(([name, type]) => importFunction(wasiModule, name, type)),
    exports: [exportOf('_start', 'function', imports.length), memory],
    ...more,
  })
export const withHead = (...sections: readonly Uint8Array[]) =>
  concatBytes([Uint8Array.from(moduleHeader), ...sections])
export const bytes = (...values: readonly number[]) => Uint8Array.from(values)
/** An address and a length at address 0: what fd_write wants. */
export const vector = (at: number, length: number): number[] => {
  const words = new Uint8Array(new Uint32Array([at, length]).buffer)
  return [0, ...i32(0), 0x0b, 8, ...words]
}
export const write = (descriptor: number): number[] => [
  ...i32(descriptor),
  ...i32(0),
  ...i32(1),
  ...i32(8),
  ...call(0),
  drop,
]
export const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i))
export const feature = (name: string, tries: string, made: () => Uint8Array<ArrayBuffer>): Hostile => ({
  name,
  tries,
  bytes: made,
  ends: ['feature-not-allowed', 'malformed-module', 'no-memory-export'],
})
export const damaged = (name: string, tries: string, made: () => Uint8Array<ArrayBuffer>): Hostile => ({
  name,
  tries,
  bytes: made,
  ends: ['malformed-module', 'not-wasm', 'feature-not-allowed', 'no-memory-export'],
})
