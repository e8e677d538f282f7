import { exportEntry, functionType, importEntry, listOf, readParts } from './module.ts'
import { u32 } from './module-reader.ts'

export type NumberType = 'i32' | 'i64' | 'f32' | 'f64'

/** A function that a task may call by its name. */
export type CallableForm = {
  readonly name: string
  readonly params: readonly NumberType[]
  readonly results: readonly NumberType[]
}

const numberTypes: ReadonlyMap<number, NumberType> = new Map([
  [0x7f, 'i32'],
  [0x7e, 'i64'],
  [0x7d, 'f32'],
  [0x7c, 'f64'],
])

/**
 * The exported functions that take and give numbers alone, in order, without the one that a reactor begins with. Of a module that `inspectModule`
 * has passed; vectors and references have no meaning outside it.
 */
export function callableForms(bytes: Uint8Array): readonly CallableForm[] {
  const read = readParts(bytes)
  if (!read.ok) return []
  const types = listOf(bytes, read.value, 1, functionType)
  const imported = listOf(bytes, read.value, 2, importEntry).map(({ type }) => type)
  const own = listOf(bytes, read.value, 3, u32)
  const all = [...imported, ...own]
  return listOf(bytes, read.value, 7, exportEntry).flatMap(({ name, kind, index }) => {
    const form = kind === 0 && name !== '_initialize' ? types[all[index] ?? -1] : undefined
    const params = numbersOf(form?.params)
    const results = numbersOf(form?.results)
    return params && results ? [{ name, params, results }] : []
  })
}

function numbersOf(types: readonly number[] | undefined): readonly NumberType[] | undefined {
  const named = types?.flatMap((type) => numberTypes.get(type) ?? [])
  return named?.length === types?.length ? named : undefined
}
