/** What the documents say of a function: names of parameters, their types, the type of the result; and what it is for. */
export type FunctionWords = { readonly signature: string; readonly meaning: string }

/** Of the functions of this mesh, by name. A page needs none of it. */
export const ownWords: Readonly<Record<string, FunctionWords>> = {
  job_id: {
    signature: '(at: i32, most: i32) -> i32',
    meaning: 'Writes the name of the job, a CID as text, `most` bytes of it at most, and gives its whole length.',
  },
  task_index: { signature: '() -> i32', meaning: 'The place of the task in its job, from 0.' },
  input_read: {
    signature: '(at: i32, most: i32) -> i32',
    meaning: 'The next bytes of the input, as of standard input; 0 at its end.',
  },
  output_write: {
    signature: '(at: i32, length: i32) -> i32',
    meaning: 'Appends to the output, as to standard output; gives how many bytes.',
  },
  log: {
    signature: '(level: i32, at: i32, length: i32) -> i32',
    meaning: 'A line for people: level 0 trace, 1 debug, 2 info, 3 warn, 4 error. Comes back beside the output.',
  },
  progress: {
    signature: '(permille: i32) -> i32',
    meaning: 'How far the task is, 0 to 1,000. Told to whoever watches, and in no receipt.',
  },
  count: {
    signature: '(name: i32, length: i32, amount: i64) -> i32',
    meaning: 'Adds to a counter of the program’s own: a letter, then letters, digits, dots, hyphens and underscores.',
  },
  content_find: {
    signature: '(cid: i32, length: i32) -> i32',
    meaning: 'The place of a CID among the contents that the job declared, from 0.',
  },
  content_length: { signature: '(which: i32) -> i64', meaning: 'How many bytes this content has.' },
  content_read: {
    signature: '(which: i32, offset: i64, at: i32, most: i32) -> i32',
    meaning: 'Bytes of a content from `offset` on; 0 behind its end.',
  },
  anchor: {
    signature: '(at: i32, length: i32) -> i32',
    meaning: 'Data of its own for the receipt: kept as a block, its CID named there. Gives how many there are.',
  },
  channel_send: {
    signature: '(task: i32, at: i32, length: i32, how: i32) -> i32',
    meaning:
      'A message to another task of the job. `how` 0: stands still until it is there; 1: goes on at once, and it may be lost. Gives its length.',
  },
  channel_receive: {
    signature: '(at: i32, most: i32, wait: i32) -> i32',
    meaning:
      'The next message of other tasks, waited for so many ms; `most` bytes of it at most, and its whole length.',
  },
  channel_from: { signature: '() -> i32', meaning: 'Which task the last message was of.' },
  http_request: {
    signature: '(at: i32, length: i32) -> i32',
    meaning: 'Has its provider fetch something, and stands still until that is here. Gives the status of the answer.',
  },
  http_type: {
    signature: '(at: i32, most: i32) -> i32',
    meaning: 'The `content-type` of the last answer, `most` bytes of it at most.',
  },
  http_read: { signature: '(at: i32, most: i32) -> i32', meaning: 'The next bytes of the last answer; 0 at its end.' },
}

const wasiSignatures: readonly (readonly [names: string, signature: string])[] = [
  ['args_get', '(argv: i32, buf: i32) -> i32'],
  ['environ_get', '(environ: i32, buf: i32) -> i32'],
  ['args_sizes_get environ_sizes_get', '(count: i32, size: i32) -> i32'],
  ['clock_res_get', '(id: i32, at: i32) -> i32'],
  ['clock_time_get', '(id: i32, precision: i64, at: i32) -> i32'],
  ['fd_advise', '(fd: i32, offset: i64, length: i64, advice: i32) -> i32'],
  ['fd_allocate', '(fd: i32, offset: i64, length: i64) -> i32'],
  ['fd_close fd_datasync fd_sync', '(fd: i32) -> i32'],
  ['fd_fdstat_get fd_filestat_get fd_prestat_get fd_tell', '(fd: i32, at: i32) -> i32'],
  ['fd_fdstat_set_flags', '(fd: i32, flags: i32) -> i32'],
  ['fd_fdstat_set_rights', '(fd: i32, base: i64, inheriting: i64) -> i32'],
  ['fd_filestat_set_size', '(fd: i32, size: i64) -> i32'],
  ['fd_filestat_set_times', '(fd: i32, atim: i64, mtim: i64, flags: i32) -> i32'],
  ['fd_pread fd_pwrite', '(fd: i32, iovs: i32, count: i32, offset: i64, size: i32) -> i32'],
  ['fd_read fd_write', '(fd: i32, iovs: i32, count: i32, size: i32) -> i32'],
  ['fd_prestat_dir_name', '(fd: i32, at: i32, length: i32) -> i32'],
  ['fd_readdir', '(fd: i32, at: i32, length: i32, cookie: i64, size: i32) -> i32'],
  ['fd_renumber', '(fd: i32, to: i32) -> i32'],
  ['fd_seek', '(fd: i32, offset: i64, whence: i32, at: i32) -> i32'],
  ['path_create_directory path_remove_directory path_unlink_file', '(fd: i32, path: i32, length: i32) -> i32'],
  ['path_filestat_get', '(fd: i32, flags: i32, path: i32, length: i32, at: i32) -> i32'],
  ['path_filestat_set_times', '(fd: i32, flags: i32, path: i32, length: i32, atim: i64, mtim: i64, which: i32) -> i32'],
  ['path_link', '(fd: i32, flags: i32, path: i32, length: i32, to: i32, new: i32, new_length: i32) -> i32'],
  [
    'path_open',
    '(fd: i32, flags: i32, path: i32, length: i32, how: i32, base: i64, inheriting: i64, fdflags: i32, at: i32) -> i32',
  ],
  ['path_readlink', '(fd: i32, path: i32, length: i32, at: i32, most: i32, size: i32) -> i32'],
  ['path_rename', '(fd: i32, path: i32, length: i32, to: i32, new: i32, new_length: i32) -> i32'],
  ['path_symlink', '(path: i32, length: i32, fd: i32, new: i32, new_length: i32) -> i32'],
  ['poll_oneoff', '(in: i32, out: i32, count: i32, size: i32) -> i32'],
  ['proc_exit', '(code: i32)'],
  ['proc_raise', '(signal: i32) -> i32'],
  ['sched_yield', '() -> i32'],
  ['random_get', '(at: i32, length: i32) -> i32'],
  ['sock_accept', '(fd: i32, flags: i32, at: i32) -> i32'],
  ['sock_recv', '(fd: i32, iovs: i32, count: i32, flags: i32, size: i32, out: i32) -> i32'],
  ['sock_send', '(fd: i32, iovs: i32, count: i32, flags: i32, size: i32) -> i32'],
  ['sock_shutdown', '(fd: i32, how: i32) -> i32'],
]

export const wasiWords: Readonly<Record<string, FunctionWords>> = Object.fromEntries(
  wasiSignatures.flatMap(([names, signature]) =>
    names.split(' ').map((name) => [name, { signature, meaning: 'As WASI preview 1 has it.' }]),
  ),
)
