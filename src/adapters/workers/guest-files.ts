import { Directory, File, Inode, OpenFile, PreopenDirectory, wasi } from '@bjorn3/browser_wasi_shim'
import { charge, Growing, type OutputBudget } from './guest-output.ts'

/** The files of one task: a tree in memory under one root, with a budget for whatever the program writes. */
export type GuestTree = {
  readonly root: PreopenDirectory
  readonly changed: () => Record<string, Uint8Array<ArrayBuffer>>
}

/** Made in one task, deleted ones included: a program that needs more wants an archive, and each costs an entry here. */
const mostMade = 16_384

type Shop = { readonly budget: OutputBudget; made: number }

/** @param files by path relative to the root, as `checkInput` passed them */
export function guestTree(files: Readonly<Record<string, Uint8Array>>, budget: OutputBudget): GuestTree {
  numberInodesAnew()
  const shop: Shop = { budget, made: 0 }
  const top = new GuestDirectory(shop)
  // In one order, whoever sends them: a program that lists a directory sees it.
  for (const path of Object.keys(files).sort())
    put(top, path, new GuestFile(shop, { path, bytes: files[path] as Uint8Array<ArrayBuffer> }))
  const root = new PreopenDirectory('/', new Map())
  root.dir = top
  return { root, changed: () => changedFiles(top, budget) }
}

/** The shim numbers files on through the life of a thread: a program would see how many those before it had. */
function numberInodesAnew(): void {
  ;(Inode as unknown as { next_ino: bigint }).next_ino = 1n
}

/** Standard input: a file that is read alone. */
export function inputFile(bytes: Uint8Array): OpenFile {
  const file = new File(new ArrayBuffer(0), { readonly: true })
  file.data = bytes as Uint8Array<ArrayBuffer> // the constructor would copy them
  return new ReadFile(file)
}

class ReadFile extends OpenFile {
  override fd_allocate(): number {
    return wasi.ERRNO_BADF
  }

  override fd_filestat_set_size(): number {
    return wasi.ERRNO_BADF
  }
}

/** A file charged for its greatest length once it is written to; before that it is input and free. */
class GuestFile extends File {
  readonly #shop: Shop
  readonly #givenAs: string | undefined
  #changed = false
  #content: Growing
  #charged = 0

  constructor(shop: Shop, given?: { path: string; bytes: Uint8Array<ArrayBuffer> }) {
    super(new ArrayBuffer(0))
    this.#shop = shop
    this.#givenAs = given?.path
    this.#content = new Growing(given?.bytes)
    this.data = this.#content.bytes
  }

  /** Whether it lies at `path` as it was given. */
  isAsGiven(path: string): boolean {
    return !this.#changed && this.#givenAs === path
  }

  /** Charges, then runs `change` on the content. @param length what the file will hold at least */
  alter(length: number, change: (content: Growing) => void): void {
    const most = Math.max(length, this.#content.length)
    charge(this.#shop.budget, Math.max(0, most - this.#charged))
    this.#charged = Math.max(this.#charged, most)
    this.#changed = true
    change(this.#content)
    this.data = this.#content.bytes
  }

  truncate(): void {
    this.#content = new Growing()
    this.#changed = true
    this.data = this.#content.bytes
  }

  /** The content to be moved to another thread, charged where that has not been done yet. */
  take(): Uint8Array<ArrayBuffer> {
    this.alter(0, () => {})
    return this.#content.exact()
  }

  override path_open(oflags: number, _rights: bigint, flags: number): { ret: number; fd_obj: OpenFile } {
    if (oflags & wasi.OFLAGS_TRUNC) this.truncate()
    return { ret: wasi.ERRNO_SUCCESS, fd_obj: new GuestOpenFile(this, (flags & wasi.FDFLAGS_APPEND) !== 0) }
  }
}

class GuestOpenFile extends OpenFile {
  readonly #file: GuestFile
  readonly #appends: boolean

  constructor(file: GuestFile, appends: boolean) {
    super(file)
    this.#file = file
    this.#appends = appends
  }

  override fd_write(data: Uint8Array): { ret: number; nwritten: number } {
    if (this.#appends) this.file_pos = this.#file.size
    const written = this.fd_pwrite(data, this.file_pos)
    this.file_pos += BigInt(written.nwritten)
    return written
  }

  override fd_pwrite(data: Uint8Array, offset: bigint): { ret: number; nwritten: number } {
    if (offset < 0n || offset > farthest) return { ret: wasi.ERRNO_FBIG, nwritten: 0 }
    const at = Number(offset)
    this.#file.alter(at + data.length, (content) => content.write(data, at))
    return { ret: wasi.ERRNO_SUCCESS, nwritten: data.length }
  }

  override fd_allocate(offset: bigint, length: bigint): number {
    const end = offset + length
    return end <= this.#file.size ? wasi.ERRNO_SUCCESS : this.fd_filestat_set_size(end)
  }

  override fd_filestat_set_size(size: bigint): number {
    if (size < 0n || size > farthest) return wasi.ERRNO_FBIG
    this.#file.alter(Number(size), (content) => content.resize(Number(size)))
    return wasi.ERRNO_SUCCESS
  }
}

/** 2⁵³ − 1: beyond it a position is no longer exact; a budget ends any write long before. */
const farthest = BigInt(Number.MAX_SAFE_INTEGER)

class GuestDirectory extends Directory {
  readonly #shop: Shop

  constructor(shop: Shop) {
    super(new Map())
    this.#shop = shop
  }

  /** Called for a path that leaves no directory: the open directory above it has refused those. */
  override create_entry_for_path(path: string, isDirectory: boolean): { ret: number; entry: Inode | null } {
    const parts = plainParts(path)
    const name = parts.pop()
    let parent: Inode | undefined = this
    for (const part of parts) parent = parent instanceof GuestDirectory ? parent.contents.get(part) : undefined
    if (name === undefined || parent === undefined) return { ret: wasi.ERRNO_NOENT, entry: null }
    if (!(parent instanceof GuestDirectory)) return { ret: wasi.ERRNO_NOTDIR, entry: null }
    if (parent.contents.has(name)) return { ret: wasi.ERRNO_EXIST, entry: null }
    if (++this.#shop.made > mostMade) return { ret: wasi.ERRNO_NOSPC, entry: null }
    const entry = isDirectory ? new GuestDirectory(this.#shop) : new GuestFile(this.#shop)
    parent.contents.set(name, entry)
    return { ret: wasi.ERRNO_SUCCESS, entry }
  }

  child(name: string): GuestDirectory {
    const known = this.contents.get(name)
    if (known instanceof GuestDirectory) return known
    const made = new GuestDirectory(this.#shop)
    this.contents.set(name, made)
    return made
  }
}

function put(top: GuestDirectory, path: string, file: GuestFile): void {
  const parts = path.split('/')
  const name = parts.pop()!
  parts.reduce((directory, part) => directory.child(part), top).contents.set(name, file)
}

function plainParts(path: string): string[] {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts
}

/** Written files by path, in no recursion: the program chose how deep its tree is. Paths are charged as output. */
function changedFiles(top: GuestDirectory, budget: OutputBudget): Record<string, Uint8Array<ArrayBuffer>> {
  const found: [string, Uint8Array<ArrayBuffer>][] = []
  const open: [string, GuestDirectory][] = [['', top]]
  for (let next = open.pop(); next; next = open.pop()) {
    const [prefix, directory] = next
    for (const [name, entry] of directory.contents) {
      const path = prefix + name
      if (entry instanceof GuestFile && entry.isAsGiven(path)) continue
      charge(budget, path.length)
      if (entry instanceof GuestDirectory) open.push([`${path}/`, entry])
      else if (entry instanceof GuestFile) found.push([path, entry.take()])
    }
  }
  return Object.fromEntries(found)
}
