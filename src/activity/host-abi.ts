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
  /** As the documents have it: names of parameters, their types, the type of the result. */
  readonly signature: string
  readonly params: readonly ValueType[]
  readonly results: readonly ValueType[]
  /** Host units for each call, beside one for each byte that it moves. */
  readonly units: number
  readonly moved: readonly Moved[]
  readonly meaning: string
}

/** What a call costs that only looks at something or changes a number. A call of nothing takes as long as some hundred operators. */
const plain = 500
/** One that walks the tree of files, or makes something in it. */
const walking = 2_000
/** One that leaves the worker: two words over its port, and a connection. */
const reaching = 50_000
/** Each byte of chance is made by a hash where it is seeded. */
const chanceEach = 32

const typesIn = (text: string): ValueType[] => (text.match(/\bi(32|64)\b/g) ?? []) as ValueType[]

function host(signature: string, meaning: string, units = plain, ...moved: readonly Moved[]): HostFunction {
  const [params = '', results = ''] = signature.split('->')
  return { signature, params: typesIn(params), results: typesIn(results), units, moved, meaning }
}
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
  job_id: host(
    '(at: i32, most: i32) -> i32',
    'Writes the name of the job, a CID as text, `most` bytes of it at most, and gives its whole length.',
    plain,
    result,
  ),
  task_index: host('() -> i32', 'The place of the task in its job, from 0.'),
  input_read: host(
    '(at: i32, most: i32) -> i32',
    'The next bytes of the input, as of standard input; 0 at its end.',
    plain,
    result,
  ),
  output_write: host(
    '(at: i32, length: i32) -> i32',
    'Appends to the output, as to standard output; gives how many bytes.',
    plain,
    result,
  ),
  log: host(
    '(level: i32, at: i32, length: i32) -> i32',
    'A line for people: level 0 trace, 1 debug, 2 info, 3 warn, 4 error. Comes back beside the output.',
    plain,
    length(2),
  ),
  progress: host(
    '(permille: i32) -> i32',
    'How far the task is, 0 to 1,000. Told to whoever watches, and in no receipt.',
  ),
  count: host(
    '(name: i32, length: i32, amount: i64) -> i32',
    'Adds to a counter of the program’s own: a letter, then letters, digits, dots, hyphens and underscores.',
    plain,
    length(1),
  ),
  content_find: host(
    '(cid: i32, length: i32) -> i32',
    'The place of a CID among the contents that the job declared, from 0.',
    plain,
    length(1),
  ),
  content_length: host('(which: i32) -> i64', 'How many bytes this content has.'),
  content_read: host(
    '(which: i32, offset: i64, at: i32, most: i32) -> i32',
    'Bytes of a content from `offset` on; 0 behind its end.',
    plain,
    result,
  ),
  anchor: host(
    '(at: i32, length: i32) -> i32',
    'Data of its own for the receipt: kept as a block, its CID named there. Gives how many there are.',
    walking,
    length(1),
  ),
  channel_send: host(
    '(task: i32, at: i32, length: i32, how: i32) -> i32',
    'A message to another task of the job. `how` 0: stands still until it is there; 1: goes on at once, and it may be lost. Gives its length.',
    walking,
    length(2),
  ),
  channel_receive: host(
    '(at: i32, most: i32, wait: i32) -> i32',
    'The next message of other tasks, waited for so many ms; `most` bytes of it at most, and its whole length.',
    plain,
    result,
  ),
  channel_from: host('() -> i32', 'Which task the last message was of.'),
  http_request: host(
    '(at: i32, length: i32) -> i32',
    'Has its provider fetch something, and stands still until that is here. Gives the status of the answer.',
    reaching,
    length(1),
    { by: 'fetched' },
  ),
  http_type: host(
    '(at: i32, most: i32) -> i32',
    'The `content-type` of the last answer, `most` bytes of it at most.',
    plain,
    result,
  ),
  http_read: host('(at: i32, most: i32) -> i32', 'The next bytes of the last answer; 0 at its end.', plain, result),
}

/** Names that are kept for what a program cannot be given here: connections of its own. */
const notOffered: ReadonlySet<string> = new Set(['net_connect', 'net_send', 'net_receive', 'net_close'])

const wasiRows: readonly (readonly [names: string, signature: string, units?: number, ...moved: Moved[]])[] = [
  ['args_get', '(argv: i32, buf: i32) -> i32', plain, { by: 'arguments' }],
  ['environ_get', '(environ: i32, buf: i32) -> i32', plain, { by: 'variables' }],
  ['args_sizes_get environ_sizes_get', '(count: i32, size: i32) -> i32'],
  ['clock_res_get', '(id: i32, at: i32) -> i32'],
  ['clock_time_get', '(id: i32, precision: i64, at: i32) -> i32'],
  ['fd_advise', '(fd: i32, offset: i64, length: i64, advice: i32) -> i32'],
  ['fd_allocate', '(fd: i32, offset: i64, length: i64) -> i32', plain, length(2)],
  ['fd_close fd_datasync fd_sync', '(fd: i32) -> i32'],
  ['fd_fdstat_get fd_filestat_get fd_prestat_get fd_tell', '(fd: i32, at: i32) -> i32'],
  ['fd_fdstat_set_flags', '(fd: i32, flags: i32) -> i32'],
  ['fd_fdstat_set_rights', '(fd: i32, base: i64, inheriting: i64) -> i32'],
  ['fd_filestat_set_size', '(fd: i32, size: i64) -> i32', plain, length(1)],
  ['fd_filestat_set_times', '(fd: i32, atim: i64, mtim: i64, flags: i32) -> i32'],
  [
    'fd_pread fd_pwrite',
    '(fd: i32, iovs: i32, count: i32, offset: i64, size: i32) -> i32',
    plain,
    length(2, 8),
    answer(4),
  ],
  ['fd_read fd_write', '(fd: i32, iovs: i32, count: i32, size: i32) -> i32', plain, length(2, 8), answer(3)],
  ['fd_prestat_dir_name', '(fd: i32, at: i32, length: i32) -> i32', plain, length(2)],
  ['fd_readdir', '(fd: i32, at: i32, length: i32, cookie: i64, size: i32) -> i32', walking, answer(4)],
  ['fd_renumber', '(fd: i32, to: i32) -> i32'],
  ['fd_seek', '(fd: i32, offset: i64, whence: i32, at: i32) -> i32'],
  [
    'path_create_directory path_remove_directory path_unlink_file',
    '(fd: i32, path: i32, length: i32) -> i32',
    walking,
    length(2),
  ],
  ['path_filestat_get', '(fd: i32, flags: i32, path: i32, length: i32, at: i32) -> i32', walking, length(3)],
  [
    'path_filestat_set_times',
    '(fd: i32, flags: i32, path: i32, length: i32, atim: i64, mtim: i64, which: i32) -> i32',
    walking,
    length(3),
  ],
  [
    'path_link',
    '(fd: i32, flags: i32, path: i32, length: i32, to: i32, new: i32, new_length: i32) -> i32',
    walking,
    length(3),
    length(6),
  ],
  [
    'path_open',
    '(fd: i32, flags: i32, path: i32, length: i32, how: i32, base: i64, inheriting: i64, fdflags: i32, at: i32) -> i32',
    walking,
    length(3),
  ],
  [
    'path_readlink',
    '(fd: i32, path: i32, length: i32, at: i32, most: i32, size: i32) -> i32',
    walking,
    length(2),
    answer(5),
  ],
  [
    'path_rename',
    '(fd: i32, path: i32, length: i32, to: i32, new: i32, new_length: i32) -> i32',
    walking,
    length(2),
    length(5),
  ],
  [
    'path_symlink',
    '(path: i32, length: i32, fd: i32, new: i32, new_length: i32) -> i32',
    walking,
    length(1),
    length(4),
  ],
  ['poll_oneoff', '(in: i32, out: i32, count: i32, size: i32) -> i32', plain, length(2, 48)],
  ['proc_exit', '(code: i32)'],
  ['proc_raise', '(signal: i32) -> i32'],
  ['sched_yield', '() -> i32'],
  ['random_get', '(at: i32, length: i32) -> i32', plain, length(1, chanceEach)],
  ['sock_accept', '(fd: i32, flags: i32, at: i32) -> i32'],
  ['sock_recv', '(fd: i32, iovs: i32, count: i32, flags: i32, size: i32, out: i32) -> i32'],
  ['sock_send', '(fd: i32, iovs: i32, count: i32, flags: i32, size: i32) -> i32'],
  ['sock_shutdown', '(fd: i32, how: i32) -> i32'],
]

const wasi: Readonly<Record<string, HostFunction>> = Object.fromEntries(
  wasiRows.flatMap(([names, signature, units, ...moved]) =>
    names.split(' ').map((name) => [name, host(signature, 'As WASI preview 1 has it.', units, ...moved)]),
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
