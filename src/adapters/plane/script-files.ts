import { hostLimits } from '../../activity/host-abi.ts'
import { checkInput, type TaskInput } from '../../activity/task.ts'
import { nameOfFile } from '../../content/manifest.ts'
import type { Cid } from '../../wire/cid.ts'

type Files = TaskInput['files']

/** The root directory that the commands of a script share, and what they put into the store. */
export type ScriptFiles = {
  /** As the task brings them, whatever was there. */
  start(): void
  forget(): void
  at(path: string): Uint8Array | undefined
  /** For a run, which may move them away. */
  copies(): Files
  /** What a run has written. @returns false, and takes none, where no program could be given these files together */
  take(written: Files): boolean
  /** Content from outside. @returns false where it does not fit, or there is no such place */
  bring(path: string, content: Uint8Array): boolean
  /** How much more content may be brought. */
  mayBringBytes(): number
  /** Remembers what was put into the store: it may be brought back, also where the store is full. @returns its name */
  stored(content: Uint8Array): Cid
  storedAs(cid: Cid): Uint8Array | undefined
  /** What runs have written since the start and is still there. */
  changed(): Files
}

export function createScriptFiles(given: Files): ScriptFiles {
  let files = new Map<string, Uint8Array>()
  let written = new Set<string>()
  const own = new Map<Cid, Uint8Array>()
  // As much as a job may declare for all its tasks.
  let leftBytes = hostLimits.contentBytes

  function put(more: Files): boolean {
    const next = new Map([...files, ...Object.entries(more)])
    if (!checkInput({ args: [], env: {}, stdin: nothing, files: Object.fromEntries(next) }).ok) return false
    files = next
    return true
  }

  return {
    start() {
      files = new Map(Object.entries(given))
      written = new Set()
    },
    forget() {
      files = new Map()
      written = new Set()
    },
    at: (path) => files.get(path),
    copies: () => Object.fromEntries([...files].map(([path, content]) => [path, content.slice()])),
    take(more) {
      if (!put(more)) return false
      for (const path of Object.keys(more)) written.add(path)
      return true
    },
    bring(path, content) {
      if (content.length > leftBytes || !put({ [path]: content })) return false
      leftBytes -= content.length
      written.delete(path)
      return true
    },
    mayBringBytes: () => leftBytes,
    stored(content) {
      const cid = nameOfFile(content)
      own.set(cid, content)
      return cid
    },
    storedAs: (cid) => own.get(cid),
    changed: () => Object.fromEntries([...files].filter(([path]) => written.has(path))),
  }
}

const nothing = new Uint8Array(0)
