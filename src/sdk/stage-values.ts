import { readValue, type Value, type ValueText } from '../activity/value-text.ts'
import { refuse } from '../kernel/result.ts'
import { SourceEnded } from './source-ended.ts'

const utf8 = new TextDecoder()
/** A number as people and programs write it, where it is not as we do: 1.50, 1e3. */
const plainNumber = /^[+-]?\d{1,400}(?:\.\d{1,400})?(?:e[+-]?\d{1,3})?$/i

/** WF9: the values that a text names, one a line; empty lines are none. Throws SourceEnded. */
export const valuesIn = (bytes: Uint8Array, stage: string): readonly Value[] =>
  utf8
    .decode(bytes)
    .split('\n')
    .flatMap((line) => {
      const text = line.trim()
      if (text === '') return []
      const value = readValue(text) ?? (plainNumber.test(text) ? Number(text) : undefined)
      if (value === undefined) throw new SourceEnded(refuse('value-not-allowed', { stage, line: text.slice(0, 40) }))
      return [value]
    })

/** WF9: values as the next stage reads them. */
export const linesOf = (values: readonly ValueText[] = []): Uint8Array =>
  new TextEncoder().encode(values.map((text) => `${text}\n`).join(''))
