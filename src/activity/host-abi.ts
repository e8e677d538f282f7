/**
 * Everything that a program can ask of its host, and what it costs: WASI preview 1, and the functions of this mesh. A module that imports
 * anything else, or one of these in another form, does not run. A change to what stands here makes a new version of the import module.
 */
export const hostModule = 'tabmesh_1'
export const wasiModule = 'wasi_snapshot_preview1'

/** Bytes that a call moves between program and host: told by its arguments and its answer alone, never by time. */
export type Moved =
  /** The number at this place among the arguments, times so many bytes. */
  | { readonly by: 'argument'; readonly at: number; readonly each: number }
  /** The number that a call which went well left where this argument points. */
  | { readonly by: 'answer'; readonly at: number }
  /** What the call gave back, where that is no error. */
  | { readonly by: 'result' }
  /** All arguments of the program, or all its variables; or what a call has brought from outside. */
  | { readonly by: 'arguments' | 'variables' | 'fetched' }

export type ValueType = 'i32' | 'i64'
export type HostFunction = {
  readonly params: readonly ValueType[]
  readonly results: readonly ValueType[]
  /** Host units for each call, beside one for each byte that it moves. */
  readonly units: number
  readonly moved: readonly Moved[]
}

/** What a call costs that only looks at something or changes a number. A call of nothing takes as long as some hundred operators. */
const plain = 500
/** One that walks the tree of files, or makes something in it. */
const walking = 2_000
/** One that leaves the worker: two words over its port, and a connection. */
const reaching = 50_000
/** Each byte of chance is made by a hash where it is seeded. */
const chanceEach = 32

/** `i` is an i32, `I` an i64; what stands behind `>` is given back. Names and meanings: `host-abi-words.ts`. */
function host(types: string, units = plain, ...moved: readonly Moved[]): HostFunction {
  const [params = [], results = []] = types.split('>').map(typesIn)
  return { params, results, units, moved }
}
const typesIn = (letters: string): ValueType[] => [...letters].map((letter) => (letter === 'i' ? 'i32' : 'i64'))
const length = (at: number, each = 1): Moved => ({ by: 'argument', at, each })
const answer = (at: number): Moved => ({ by: 'answer', at })
const result: Moved = { by: 'result' }

/** What a function of `tabmesh_1` gives back instead of a number from 0. */
export const hostError = {
  /** A pointer or a length leads outside the memory. */
  outside: -1,
  /** More than the task may have of it. */
  overLimit: -2,
  /** No such thing. */
  absent: -3,
  /** A value that means nothing here. */
  invalid: -4,
  /** Somebody does not allow it: the job, or the provider. */
  notAllowed: -5,
  /** Nothing came back. */
  failed: -6,
} as const

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error'] as const

/** Bounds of what one task may say beside its output. */
export const hostLimits = {
  /** All lines of the log together: what a person reads of one task. */
  logBytes: 65_536,
  /** One line of it: beyond it is data, which belongs into the output. */
  logLineBytes: 4_096,
  /** Counters by name: a receipt, which has 4,000 bytes, lists them all. */
  counters: 8,
  counterNameLength: 32,
  /** Anchored data: hashes and proofs, not contents. A receipt names as many CIDs and a few more. */
  anchors: 32,
  anchorBytes: 1_024,
  /** Contents that a job declares: each costs its provider a fetch before the first task. */
  contents: 64,
  /** And all of them together, kept by every worker. */
  contentBytes: 33_554_432,
} as const

const own: Readonly<Record<string, HostFunction>> = {
  job_id: host('ii>i', plain, result),
  task_index: host('>i'),
  input_read: host('ii>i', plain, result),
  output_write: host('ii>i', plain, result),
  log: host('iii>i', plain, length(2)),
  progress: host('i>i'),
  count: host('iiI>i', plain, length(1)),
  content_find: host('ii>i', plain, length(1)),
  content_length: host('i>I'),
  content_read: host('iIii>i', plain, result),
  anchor: host('ii>i', walking, length(1)),
  channel_send: host('iiii>i', walking, length(2)),
  channel_receive: host('iii>i', plain, result),
  channel_from: host('>i'),
  http_request: host('ii>i', reaching, length(1), { by: 'fetched' }),
  http_type: host('ii>i', plain, result),
  http_read: host('ii>i', plain, result),
}

/** Names that are kept for what a program cannot be given here: connections of its own. */
const notOffered: ReadonlySet<string> = new Set(['net_connect', 'net_send', 'net_receive', 'net_close'])

const wasiRows: readonly (readonly [names: string, types: string, units?: number, ...moved: Moved[]])[] = [
  ['args_get', 'ii>i', plain, { by: 'arguments' }],
  ['environ_get', 'ii>i', plain, { by: 'variables' }],
  ['args_sizes_get environ_sizes_get', 'ii>i'],
  ['clock_res_get', 'ii>i'],
  ['clock_time_get', 'iIi>i'],
  ['fd_advise', 'iIIi>i'],
  ['fd_allocate', 'iII>i', plain, length(2)],
  ['fd_close fd_datasync fd_sync', 'i>i'],
  ['fd_fdstat_get fd_filestat_get fd_prestat_get fd_tell', 'ii>i'],
  ['fd_fdstat_set_flags', 'ii>i'],
  ['fd_fdstat_set_rights', 'iII>i'],
  ['fd_filestat_set_size', 'iI>i', plain, length(1)],
  ['fd_filestat_set_times', 'iIIi>i'],
  ['fd_pread fd_pwrite', 'iiiIi>i', plain, length(2, 8), answer(4)],
  ['fd_read fd_write', 'iiii>i', plain, length(2, 8), answer(3)],
  ['fd_prestat_dir_name', 'iii>i', plain, length(2)],
  ['fd_readdir', 'iiiIi>i', walking, answer(4)],
  ['fd_renumber', 'ii>i'],
  ['fd_seek', 'iIii>i'],
  ['path_create_directory path_remove_directory path_unlink_file', 'iii>i', walking, length(2)],
  ['path_filestat_get', 'iiiii>i', walking, length(3)],
  ['path_filestat_set_times', 'iiiiIIi>i', walking, length(3)],
  ['path_link', 'iiiiiii>i', walking, length(3), length(6)],
  ['path_open', 'iiiiiIIii>i', walking, length(3)],
  ['path_readlink', 'iiiiii>i', walking, length(2), answer(5)],
  ['path_rename', 'iiiiii>i', walking, length(2), length(5)],
  ['path_symlink', 'iiiii>i', walking, length(1), length(4)],
  ['poll_oneoff', 'iiii>i', plain, length(2, 48)],
  ['proc_exit', 'i'],
  ['proc_raise', 'i>i'],
  ['sched_yield', '>i'],
  ['random_get', 'ii>i', plain, length(1, chanceEach)],
  ['sock_accept', 'iii>i'],
  ['sock_recv', 'iiiiii>i'],
  ['sock_send', 'iiiii>i'],
  ['sock_shutdown', 'ii>i'],
]

const wasi: Readonly<Record<string, HostFunction>> = Object.fromEntries(
  wasiRows.flatMap(([names, types, units, ...moved]) =>
    names.split(' ').map((name) => [name, host(types, units, ...moved)]),
  ),
)

/** Every import that may be had, by module and name. */
export const hostAbi: Readonly<Record<string, Readonly<Record<string, HostFunction>>>> = {
  [wasiModule]: wasi,
  [hostModule]: own,
}

export function hostFunction(from: string, name: string): HostFunction | undefined {
  const functions = Object.hasOwn(hostAbi, from) ? hostAbi[from] : undefined
  return functions && Object.hasOwn(functions, name) ? functions[name] : undefined
}

export const isReserved = (from: string, name: string): boolean => from === hostModule && notOffered.has(name)

/** The seeded clocks of a deterministic task. */
export const seededClock = {
  /** 2000-01-01T00:00:00Z: what the wall clock says when the program begins. The others begin at nought. */
  startsAtNs: 946_684_800_000_000_000n,
  /** By so much every look at a clock moves all of them, and this is their resolution. */
  stepNs: 1_000n,
} as const
