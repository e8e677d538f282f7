import { readerOf, sectionAt } from '../module-reader.ts'
import { type Bodies, bodiesOf, type Counting } from './bodies.ts'
import { readShape } from './shape.ts'

/** Reads ahead in a module of which the first bytes are there. */
export type Ahead = {
  /** The first `availableBytes` are there now, and no fewer than before. Never throws. */
  goOn(availableBytes: number): void
  /** Its functions, as far as they are read; undefined where nothing could be: the whole will tell why. */
  readonly bodies: Bodies | undefined
}

const codeId = 10
/** A section's id and its length. */
const mostHeadBytes = 6

/**
 * All that functions are read by stands in front of them, so the sections in front are read as a module of their own.
 * What is refused is refused by the reading of the whole module alone: nothing is decided here.
 * @param bytes as long as the module, filled from the front
 */
export function readAhead(bytes: Uint8Array, how: Counting): Ahead {
  const heads = readerOf(bytes, 8)
  let bodies: Bodies | undefined
  let isAtCode = false

  function nextSection(): void {
    const { at } = heads
    const section = sectionAt(bytes, heads)
    isAtCode = section.id === codeId
    if (!isAtCode || heads.bad) return
    const shape = readShape(bytes.subarray(0, at))
    if (shape.ok) bodies = bodiesOf(bytes, shape.value, section, how)
  }

  return {
    goOn(availableBytes) {
      while (!isAtCode && !heads.bad && heads.at + mostHeadBytes <= availableBytes) nextSection()
      bodies?.goOn(availableBytes)
    },
    get bodies() {
      return bodies
    },
  }
}
