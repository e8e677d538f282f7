import { assemble, call, drop, exportOf, functionType, i32, i32Type, importFunction } from './assembler.ts'
import { hostModule, wasiModule } from './host-abi.ts'

const most = 65_536
const get = (local: number): number[] => [0x20, local]
const set = (local: number): number[] => [0x21, local]
const status = 0
const length = 1

/** A program that makes the request which it is given as input, writes out what came back, and exits with the number of the error if there was one. */
export const fetchingModule = assemble({
  types: [functionType([i32Type, i32Type], [i32Type]), functionType([i32Type]), functionType([])],
  imports: [
    importFunction(hostModule, 'input_read', 0),
    importFunction(hostModule, 'http_request', 0),
    importFunction(hostModule, 'http_read', 0),
    importFunction(hostModule, 'output_write', 0),
    importFunction(wasiModule, 'proc_exit', 1),
  ],
  memories: [[0, 2]],
  exports: [exportOf('_start', 'function', 5), exportOf('memory', 'memory', 0)],
  functions: [
    {
      type: 2,
      locals: 2,
      code: [
        ...[...i32(0), ...i32(most), ...call(0), ...set(length)],
        ...[...i32(0), ...get(length), ...call(1), ...set(status)],
        ...[0x02, 0x40, 0x03, 0x40], // block, loop
        ...[...i32(0), ...i32(most), ...call(2), 0x22, length, ...i32(0), 0x4c, 0x0d, 1], // until there is no more
        ...[...i32(0), ...get(length), ...call(3), drop, 0x0c, 0, 0x0b, 0x0b],
        ...[...get(status), ...i32(0), 0x48, 0x04, 0x40, ...i32(0), ...get(status), 0x6b, ...call(4), 0x0b], // below nought
      ],
    },
  ],
})

const exitBelowNought = (local: number): number[] => [
  ...[...get(local), ...i32(0), 0x48, 0x04, 0x40, ...i32(0), ...get(local), 0x6b, ...call(6), 0x0b],
]

/**
 * A program that sends its input to the second task of its job, or, where it has none, gives back what it receives to whoever sent it. Both
 * write out what they received; one that failed exits with the number of the error.
 */
export const speakingModule = assemble({
  types: [
    functionType([i32Type, i32Type], [i32Type]),
    functionType([i32Type]),
    functionType([]),
    functionType([i32Type, i32Type, i32Type, i32Type], [i32Type]),
    functionType([i32Type, i32Type, i32Type], [i32Type]),
    functionType([], [i32Type]),
  ],
  imports: [
    importFunction(hostModule, 'input_read', 0),
    importFunction(hostModule, 'channel_send', 3),
    importFunction(hostModule, 'channel_receive', 4),
    importFunction(hostModule, 'channel_from', 5),
    importFunction(hostModule, 'output_write', 0),
    importFunction(hostModule, 'task_index', 5),
    importFunction(wasiModule, 'proc_exit', 1),
  ],
  memories: [[0, 2]],
  exports: [exportOf('_start', 'function', 7), exportOf('memory', 'memory', 0)],
  functions: [
    {
      type: 2,
      locals: 2,
      code: [
        ...[...i32(0), ...i32(most), ...call(0), ...set(length)],
        ...[...get(length), 0x04, 0x40], // if there is input
        ...[
          ...i32(1),
          ...i32(0),
          ...get(length),
          ...i32(0),
          ...call(1),
          ...set(status),
          ...exitBelowNought(status),
          0x0b,
        ],
        ...[...i32(0), ...i32(most), ...i32(4_000), ...call(2), ...set(status), ...exitBelowNought(status)],
        ...[...i32(0), ...get(status), ...call(4), drop],
        ...[...get(length), 0x45, 0x04, 0x40], // if there was none
        ...[
          ...call(3),
          ...i32(0),
          ...get(status),
          ...i32(0),
          ...call(1),
          ...set(status),
          ...exitBelowNought(status),
          0x0b,
        ],
      ],
    },
  ],
})
