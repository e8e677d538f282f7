import { call, drop, functionType, i32, i32Type, i64Type, importFunction, loop } from './assembler.ts'
import { hostModule, wasiModule } from './host-abi.ts'
import { calling, type Hostile, program, types } from './hostile-parts.ts'

/** Behind the four types that every program of the corpus has. */
const three = types.length
const counting = types.length + 1
const reading = types.length + 2
const nothingToNumber = types.length + 3
const moreTypes = [
  ...types,
  functionType([i32Type, i32Type, i32Type], [i32Type]),
  functionType([i32Type, i32Type, i64Type], [i32Type]),
  functionType([i32Type, i64Type, i32Type, i32Type], [i32Type]),
  functionType([], [i32Type]),
]
const asking = (name: string, type: number, code: readonly number[], from = hostModule) =>
  calling([], code, {
    types: moreTypes,
    imports: [importFunction(from, name, type)],
    exports: calledSecond,
  })
const calledSecond = [
  [6, ...[...'_start'].map((letter) => letter.charCodeAt(0)), 0, 1],
  [6, ...[...'memory'].map((letter) => letter.charCodeAt(0)), 2, 0],
]
const most64 = [0x42, 0x7f] // i64.const −1

/** What a program tries on the calls that it may make. */
export const hostPrograms: readonly Hostile[] = [
  {
    name: 'logging',
    tries: 'fills its log for ever',
    bytes: asking('log', three, loop(...i32(4), ...i32(0), ...i32(4_096), ...call(0), drop)),
    ends: ['out-of-host-units'],
  },
  {
    name: 'anchoring',
    tries: 'puts ever more into its receipt',
    bytes: asking('anchor', 3, loop(...i32(0), ...i32(1_024), ...call(0), drop)),
    ends: ['out-of-host-units'],
  },
  {
    name: 'counting',
    tries: 'counts past every number',
    bytes: asking('count', counting, loop(...i32(0), ...i32(0), ...most64, ...call(0), drop)),
    ends: ['out-of-host-units'],
  },
  {
    name: 'far reading',
    tries: 'reads what the job brings from behind its end to outside its memory',
    bytes: asking('content_read', reading, [...i32(-1), ...most64, ...i32(-4), ...i32(-1), ...call(0), drop]),
    ends: ['harmless'],
  },
  {
    name: 'wild name',
    tries: 'has the job’s name written outside its memory',
    bytes: asking('job_id', 3, [...i32(-1), ...i32(-1), ...call(0), drop]),
    ends: ['harmless'],
  },
  {
    name: 'endless name',
    tries: 'looks for a file by a name of four gigabytes',
    bytes: asking('content_find', 3, [...i32(0), ...i32(-1), ...call(0), drop]),
    ends: ['harmless'],
  },
  {
    name: 'network',
    tries: 'asks for the network',
    bytes: asking('net_connect', 3, []),
    ends: ['host-call-not-offered'],
  },
  {
    name: 'other form',
    tries: 'declares a call of its host with other arguments',
    bytes: asking('fd_write', nothingToNumber, [], wasiModule),
    ends: ['import-not-allowed'],
  },
  {
    name: 'growing tables',
    tries: 'lets a table grow past its end, again and again',
    bytes: program([...loop(0xd0, 0x70, ...i32(65_537), 0xfc, 15, 0, drop)], { tables: [[0x70, 0, 1]] }),
    ends: ['out-of-fuel'],
  },
]
