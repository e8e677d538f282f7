import { Directory, type Fd, type Inode, OpenDirectory, OpenFile, wasi } from '@bjorn3/browser_wasi_shim'
import { guarded, type HostState, type IoHost } from './component-io.ts'

type DescriptorFlags = { readonly read?: boolean; readonly write?: boolean; readonly mutateDirectory?: boolean }
type OpenFlags = {
  readonly create?: boolean
  readonly directory?: boolean
  readonly exclusive?: boolean
  readonly truncate?: boolean
}

/** PATH_MAX of Linux. */
const mostPathLength = 4_096
/** What one call reads of a file. */
const mostRead = 1_048_576n
/** Positions beyond are no longer exact. */
const farthest = BigInt(Number.MAX_SAFE_INTEGER)

/** The words of WASI 0.2 for the error numbers that the files give. */
const errorCodes: ReadonlyMap<number, string> = new Map([
  [wasi.ERRNO_BADF, 'bad-descriptor'],
  [wasi.ERRNO_EXIST, 'exist'],
  [wasi.ERRNO_FBIG, 'file-too-large'],
  [wasi.ERRNO_INVAL, 'invalid'],
  [wasi.ERRNO_ISDIR, 'is-directory'],
  [wasi.ERRNO_MFILE, 'insufficient-memory'],
  [wasi.ERRNO_NAMETOOLONG, 'name-too-long'],
  [wasi.ERRNO_NOENT, 'no-entry'],
  [wasi.ERRNO_NOSPC, 'insufficient-space'],
  [wasi.ERRNO_NOTCAPABLE, 'not-permitted'],
  [wasi.ERRNO_NOTDIR, 'not-directory'],
  [wasi.ERRNO_NOTEMPTY, 'not-empty'],
  [wasi.ERRNO_NOTSUP, 'unsupported'],
  [wasi.ERRNO_PERM, 'not-permitted'],
])

/** Throws what the glue takes for the error of a result, unless all is well. */
function demand(error: number): void {
  if (error !== wasi.ERRNO_SUCCESS) throw errorCodes.get(error) ?? 'io'
}

function pathOf(path: string): string {
  if (path.length > mostPathLength) throw 'name-too-long'
  return path
}

/** `wasi:filesystem` over the files of one task: the same tree in memory that programs of preview 1 have. */
export function filesHost(state: HostState, io: IoHost, root: OpenDirectory): Record<string, object> {
  const { Resource, InputStream, OutputStream } = io

  class DirectoryEntryStream extends Resource {
    readonly #entries: Iterator<[string, Inode]>

    constructor(entries: Iterator<[string, Inode]>) {
      super()
      this.#entries = entries
    }

    readDirectoryEntry(): { type: string; name: string } | undefined {
      const { value, done } = this.#entries.next()
      return done ? undefined : { type: typeOf(value[1]), name: value[0] }
    }
  }

  class Descriptor extends Resource {
    readonly #fd: Fd
    readonly #flags: DescriptorFlags

    constructor(fd: Fd, flags: DescriptorFlags) {
      super()
      this.#fd = fd
      this.#flags = flags
    }

    #file(): OpenFile {
      if (this.#fd instanceof OpenFile) return this.#fd
      throw 'is-directory'
    }

    #directory(): OpenDirectory {
      if (this.#fd instanceof OpenDirectory) return this.#fd
      throw 'not-directory'
    }

    #node(): Inode {
      return this.#fd instanceof OpenFile ? this.#fd.file : this.#directory().dir
    }

    #nodeAt(path: string): Inode {
      const { ret, inode_obj } = this.#directory().path_lookup(pathOf(path), 0)
      demand(ret)
      return inode_obj!
    }

    #writable(): OpenFile {
      if (!this.#flags.write) throw 'not-permitted'
      return this.#file()
    }

    #write(bytes: Uint8Array, at: bigint): void {
      demand(this.#writable().fd_pwrite(bytes, at).ret)
    }

    #read(length: bigint, at: bigint): Uint8Array {
      const file = this.#file()
      if (at > farthest) return new Uint8Array(0)
      return file.fd_pread(Number(length < mostRead ? length : mostRead), at).data
    }

    readViaStream(offset: bigint) {
      this.#file()
      let at = offset
      const read = (length: number): Uint8Array => {
        const bytes = this.#read(BigInt(length), at)
        at += BigInt(bytes.length)
        return bytes
      }
      return new InputStream({ read })
    }

    writeViaStream(offset: bigint) {
      this.#writable()
      let at = offset
      const write = (bytes: Uint8Array): void => {
        this.#write(bytes, at)
        at += BigInt(bytes.length)
      }
      return new OutputStream({ write: failing(write) })
    }

    appendViaStream() {
      const { file } = this.#writable()
      return new OutputStream({ write: failing((bytes) => this.#write(bytes, file.size)) })
    }

    advise(): void {}

    syncData(): void {}

    sync(): void {}

    getFlags(): DescriptorFlags {
      return this.#flags
    }

    getType(): string {
      return typeOf(this.#node())
    }

    setSize(size: bigint): void {
      demand(this.#writable().fd_filestat_set_size(size))
    }

    setTimes(): void {}

    setTimesAt(_follow: unknown, path: string): void {
      this.#nodeAt(path)
    }

    read(length: bigint, offset: bigint): [Uint8Array, boolean] {
      const bytes = this.#read(length, offset)
      return [bytes, offset + BigInt(bytes.length) >= this.#file().file.size]
    }

    write(bytes: Uint8Array, offset: bigint): bigint {
      this.#write(bytes, offset)
      return BigInt(bytes.length)
    }

    readDirectory() {
      return new DirectoryEntryStream(this.#directory().dir.contents.entries())
    }

    createDirectoryAt(path: string): void {
      const { ret } = this.#directory().dir.create_entry_for_path(this.#within(path), true)
      demand(ret)
    }

    stat() {
      return statOf(this.#node())
    }

    statAt(_follow: unknown, path: string) {
      return statOf(this.#nodeAt(path))
    }

    /** A second name would let one written file come out many times. */
    linkAt(): void {
      throw 'unsupported'
    }

    symlinkAt(): void {
      throw 'unsupported'
    }

    readlinkAt(_path: string): string {
      throw 'invalid'
    }

    openAt(_follow: unknown, path: string, open: OpenFlags, flags: DescriptorFlags) {
      if (state.held >= mostOpen) throw 'insufficient-memory'
      let how = 0
      if (open.create) how |= wasi.OFLAGS_CREAT
      if (open.directory) how |= wasi.OFLAGS_DIRECTORY
      if (open.exclusive) how |= wasi.OFLAGS_EXCL
      if (open.truncate) how |= wasi.OFLAGS_TRUNC
      if (open.truncate && !flags.write) throw 'invalid'
      const { ret, fd_obj } = this.#directory().path_open(0, pathOf(path), how, 0n, 0n, 0)
      demand(ret)
      return new Descriptor(fd_obj!, flags)
    }

    removeDirectoryAt(path: string): void {
      demand(this.#directory().path_remove_directory(pathOf(path)))
    }

    unlinkFileAt(path: string): void {
      demand(this.#directory().path_unlink_file(pathOf(path)))
    }

    renameAt(path: string, to: Descriptor, newPath: string): void {
      const from = this.#directory()
      const into = to.#directory()
      const { ret, inode_obj } = from.path_unlink(pathOf(path))
      demand(ret)
      const error = into.path_link(pathOf(newPath), inode_obj!, true)
      if (error === wasi.ERRNO_SUCCESS) return
      from.path_link(path, inode_obj!, true)
      demand(error)
    }

    isSameObject(other: Descriptor): boolean {
      return this.#node() === other.#node()
    }

    metadataHash() {
      return hashOf(this.#node())
    }

    metadataHashAt(_follow: unknown, path: string) {
      return hashOf(this.#nodeAt(path))
    }

    /** Refused where it leaves this directory. */
    #within(path: string): string {
      const { ret } = this.#directory().path_lookup(pathOf(path), 0)
      if (ret !== wasi.ERRNO_NOENT) demand(ret)
      return path
    }
  }

  /** A stream has no words of its own for what a file refuses. */
  function failing(write: (bytes: Uint8Array) => void): (bytes: Uint8Array) => void {
    return (bytes) => {
      try {
        write(bytes)
      } catch (cause) {
        throw typeof cause === 'string' ? { tag: 'last-operation-failed', val: new io.IoError() } : cause
      }
    }
  }

  guarded(state, Descriptor.prototype)
  guarded(state, DirectoryEntryStream.prototype)
  const all: DescriptorFlags = { read: true, mutateDirectory: true }
  return {
    'wasi:filesystem/types': { Descriptor, DirectoryEntryStream, filesystemErrorCode: () => undefined },
    'wasi:filesystem/preopens': { getDirectories: () => [[new Descriptor(root, all), '/']] },
  }
}

/** Half of what may be held, for descriptors: the other half is for what is done with them. */
const mostOpen = 1_024

const typeOf = (node: Inode): string => (node instanceof Directory ? 'directory' : 'regular-file')

const statOf = (node: Inode) => ({ type: typeOf(node), linkCount: 1n, size: node.stat().size })

const hashOf = (node: Inode) => ({ lower: node.ino, upper: 0n })
