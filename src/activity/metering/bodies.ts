import { byte, type Reader, readerOf, type Section, skip, u32 } from '../module-reader.ts'
import { type Body, readBody } from './body.ts'
import type { FunctionType, Shape } from './shape.ts'
import { isPlainType } from './value-types.ts'

/** How functions are read, which is also how they will be written. */
export type Counting = { readonly isDeterministic: boolean; readonly isShared: boolean }

/** The functions of a module, read one after the other as far as its bytes are there. */
export type Bodies = {
  /** Reads on, to the last function that ends within so many bytes of the module. What comes behind them is not looked at. */
  goOn(availableBytes: number): void
  /** All of them, or the feature that is refused. Only once the whole module is there. */
  all(): readonly Body[] | { readonly feature: string }
}

/** A number takes at most so many bytes. */
const mostNumberBytes = 5

/** @param code the section of that name, within `bytes` */
export function bodiesOf(bytes: Uint8Array, shape: Shape, code: Section | undefined, how: Counting): Bodies {
  const own = shape.functions.length - shape.importedFunctions
  const end = code?.end ?? 0
  const reader = readerOf(bytes, code?.start ?? 0, end)
  const bodies: Body[] = []
  let count: number | undefined
  let refused: string | undefined

  function goOn(availableBytes: number): void {
    const isHere = (to: number): boolean => to <= availableBytes || end <= availableBytes
    if (count === undefined && code && isHere(reader.at + mostNumberBytes)) count = u32(bytes, reader)
    if (count !== own) return
    while (refused === undefined && bodies.length < own && isHere(reader.at + mostNumberBytes)) {
      const { at } = reader
      const size = u32(bytes, reader)
      if (!isHere(reader.at + size)) {
        reader.at = at
        return
      }
      refused = next(size)
    }
  }

  function next(size: number): string | undefined {
    const type = shape.typeOf(shape.importedFunctions + bodies.length)
    const inner = readerOf(bytes, reader.at, reader.at + size)
    skip(reader, size)
    const body = type && !reader.bad ? oneBody(bytes, inner, { shape, type, how }) : 'a body that cannot be read'
    if (typeof body === 'string') return body
    if (inner.at !== reader.at) return 'operators behind the end of a function'
    bodies.push(body)
    return undefined
  }

  return {
    goOn,
    all() {
      goOn(bytes.length)
      if ((count ?? 0) !== own) return { feature: 'functions without a body' }
      if (refused !== undefined) return { feature: refused }
      if (code && (reader.bad || reader.at !== end)) return { feature: 'code behind the last function' }
      return bodies
    },
  }
}

function oneBody(
  bytes: Uint8Array,
  reader: Reader,
  { shape, type: own, how }: { shape: Shape; type: FunctionType; how: Counting },
): Body | string {
  const localGroups = u32(bytes, reader)
  const start = reader.at
  let localCount = 0
  let hasVectors = own.params.includes(0x7b)
  for (let i = 0; i < localGroups && !reader.bad; i++) {
    localCount += u32(bytes, reader)
    const type = byte(bytes, reader)
    if (!isPlainType(type)) return 'typed function references'
    hasVectors = type === 0x7b || hasVectors
  }
  if (reader.bad || localCount > mostLocals) return 'locals that cannot be read'
  return readBody(bytes, reader, shape, {
    type: own,
    locals: [start, reader.at],
    localCount,
    localGroups,
    hasVectors,
    ...how,
  })
}

/** What every engine bears: the limit of the JavaScript embedding. */
const mostLocals = 50_000
