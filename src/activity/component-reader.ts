import type { ReadType, TypeRef } from './component-functions.ts'
import { isCoreName, isExternName, isLabel } from './component-names.ts'
import { byte, name, type Reader, u32 } from './module-reader.ts'

/**
 * Reads the sections of a component (Binary.md of the component model) for what they name and count. Whatever is not
 * needed by components of WASI 0.2 turns the reader bad, with a word for it.
 */
export type Scan = {
  readonly bytes: Uint8Array
  readonly reader: Reader
  /** Why the reader was turned bad, where there is more to say than that it could not be read. */
  problem: Problem | undefined
  /** Types within types, so far. */
  depth: number
}
export type Problem = { readonly code: 'name-not-allowed' | 'feature-not-allowed'; readonly what: string }

/** An interface is a type within a type; two more for what is put together of several. Deeper ones would need our own stack. */
const mostTypeDepth = 4
/** A name is at most as long as the longest of WASI, twice. */
const mostNameLength = 256

export function refuseScan(scan: Scan, code: Problem['code'], what: string): void {
  scan.problem ??= { code, what }
  scan.reader.bad = true
}

const next = (scan: Scan): number => byte(scan.bytes, scan.reader)
export const number = (scan: Scan): number => u32(scan.bytes, scan.reader)

export function each(scan: Scan, item: (scan: Scan) => void): void {
  const count = number(scan)
  for (let i = 0; i < count && !scan.reader.bad; i++) item(scan)
}

function checkedName(scan: Scan, isAllowed: (name: string) => boolean): string {
  const text = name(scan.bytes, scan.reader, mostNameLength)
  if (!scan.reader.bad && !isAllowed(text)) refuseScan(scan, 'name-not-allowed', text.slice(0, 64))
  return text
}

const label = (scan: Scan): string => checkedName(scan, isLabel)
const plainExternName = (scan: Scan): string => checkedName(scan, isExternName)
export const coreName = (scan: Scan): string => checkedName(scan, isCoreName)

/** With the byte in front that says which form it has. */
export function externName(scan: Scan): string {
  if (next(scan) > 1) refuseScan(scan, 'feature-not-allowed', 'names with suffixes')
  return plainExternName(scan)
}

export const sorts = { coreFunction: 0, function: 1, value: 2, type: 3, component: 4, instance: 5 } as const

/** What an index is of: `sorts`, or −1 for what lives in core modules. */
function sort(scan: Scan): number {
  const first = next(scan)
  if (first === 0) {
    coreSort(scan)
    return -1
  }
  if (first > sorts.instance || first === sorts.value) refuseScan(scan, 'feature-not-allowed', 'values')
  return first
}

/** Function, table, memory, global, type, module, instance. */
function coreSort(scan: Scan): void {
  const which = next(scan)
  if (which > 0x03 && which !== 0x12) refuseScan(scan, 'feature-not-allowed', 'core types and modules as values')
}

function sortIndex(scan: Scan): number {
  const which = sort(scan)
  number(scan)
  return which
}

export function coreInstance(scan: Scan): 'made' | 'grouped' {
  const form = next(scan)
  if (form === 0x00) {
    number(scan)
    each(scan, () => {
      coreName(scan)
      if (next(scan) !== 0x12) scan.reader.bad = true
      number(scan)
    })
    return 'made'
  }
  if (form !== 0x01) scan.reader.bad = true
  each(scan, () => {
    coreName(scan)
    coreSort(scan)
    number(scan)
  })
  return 'grouped'
}

export function instance(scan: Scan): 'made' | 'grouped' {
  const form = next(scan)
  if (form === 0x00) {
    number(scan)
    each(scan, () => {
      plainExternName(scan)
      if (sortIndex(scan) === sorts.component) refuseScan(scan, 'feature-not-allowed', 'components as arguments')
    })
    return 'made'
  }
  if (form !== 0x01) scan.reader.bad = true
  each(scan, () => {
    externName(scan)
    sortIndex(scan)
  })
  return 'grouped'
}

/** @returns which of `sorts` it gives another name to, −1 for what lives in core modules */
export function alias(scan: Scan): number {
  const which = sort(scan)
  const form = next(scan)
  if (form === 0x02) {
    number(scan)
    number(scan)
    // A component that reaches itself from within could be made without end.
    if (which === sorts.component) refuseScan(scan, 'feature-not-allowed', 'components from outside')
    return which
  }
  if (form > 0x02) scan.reader.bad = true
  number(scan)
  if (form === 0x00) plainExternName(scan)
  else coreName(scan)
  return which
}

/** @param isWithin whether it stands in the type of an instance, whose resources are the host's or another component's */
export function type(scan: Scan, isWithin = false): ReadType {
  const form = next(scan)
  if (form === functionForm) return functionType(scan)
  if (isPrimitive(form)) return { primitive: form }
  const read = typeForms[form]
  if (read) read(scan, isWithin)
  else refuseScan(scan, 'feature-not-allowed', `types of form 0x${form.toString(16)}`)
  return undefined
}

const functionForm = 0x40

/** Booleans, numbers, characters and strings. */
const isPrimitive = (form: number): boolean => form >= 0x73 && form <= 0x7f

function valueType(scan: Scan): TypeRef {
  const first = scan.bytes[scan.reader.at] ?? 0
  return isPrimitive(first) ? { primitive: next(scan) } : { index: number(scan) }
}

function optional(scan: Scan, item: (scan: Scan) => void): void {
  const isThere = next(scan)
  if (isThere === 1) item(scan)
  else if (isThere !== 0) scan.reader.bad = true
}

const labelled = (scan: Scan): TypeRef => {
  label(scan)
  return valueType(scan)
}

function functionType(scan: Scan): ReadType {
  const params: TypeRef[] = []
  const results: TypeRef[] = []
  each(scan, () => params.push(labelled(scan)))
  const form = next(scan)
  if (form === 0) results.push(valueType(scan))
  else if (form === 1) each(scan, () => results.push(labelled(scan)))
  else scan.reader.bad = true
  return { params, results }
}

const typeForms: Readonly<Record<number, (scan: Scan, isWithin: boolean) => void>> = {
  114: (scan) => each(scan, labelled), // record
  // A variant's cases.
  113: (scan) =>
    each(scan, () => {
      label(scan)
      optional(scan, valueType)
      if (next(scan) !== 0) scan.reader.bad = true
    }),
  112: valueType, // list
  111: (scan) => each(scan, valueType), // tuple
  110: (scan) => each(scan, label), // flags
  109: (scan) => each(scan, label), // enum
  107: valueType, // option
  // A result of two.
  106: (scan) => {
    optional(scan, valueType)
    optional(scan, valueType)
  },
  105: number, // own
  104: number, // borrow
  65: (scan) => declarations(scan, true),
  66: (scan) => declarations(scan, false),
  // The table of a resource's handles is the glue's, and no memory limit bounds it: only the host has resources.
  63: (scan) => refuseScan(scan, 'feature-not-allowed', 'resources of its own'),
}

function declarations(scan: Scan, isComponent: boolean): void {
  scan.depth++
  if (scan.depth > mostTypeDepth) refuseScan(scan, 'feature-not-allowed', 'types nested so deep')
  each(scan, () => {
    const what = next(scan)
    if (what === 0x01) type(scan, true)
    else if (what === 0x02) alias(scan)
    else if (what === 0x04 || (what === 0x03 && isComponent)) {
      externName(scan)
      externType(scan)
    } else refuseScan(scan, 'feature-not-allowed', 'core types')
  })
  scan.depth--
}

/** What is imported or exported; gives which of `sorts` it is. */
export function externType(scan: Scan): number {
  const which = next(scan)
  if (which === sorts.type) {
    // Equal to a type that is known, or a resource that is not.
    const bound = next(scan)
    if (bound === 0) number(scan)
    else if (bound !== 1) scan.reader.bad = true
  } else if (which === sorts.function || which === sorts.component || which === sorts.instance) number(scan)
  else refuseScan(scan, 'feature-not-allowed', 'core modules and values')
  return which
}

/** How a core function becomes one of the component, and the other way round. @returns the type of one that has become one of the component */
export function canonical(scan: Scan): number | undefined {
  const form = next(scan)
  if (form === 0x00 || form === 0x01) {
    if (next(scan) !== 0) scan.reader.bad = true
    number(scan)
    each(scan, canonicalOption)
    if (form === 0x00) return number(scan)
  } else if (form === 0x03)
    number(scan) // a resource is dropped
  else refuseScan(scan, 'feature-not-allowed', 'tasks and resources of its own')
  return undefined
}

function canonicalOption(scan: Scan): void {
  const which = next(scan)
  if (which >= 0x03 && which <= 0x05) number(scan)
  else if (which > 0x05) refuseScan(scan, 'feature-not-allowed', 'asynchronous functions')
}

export function exported(scan: Scan): { readonly name: string; readonly sort: number; readonly index: number } {
  const text = externName(scan)
  const which = sort(scan)
  const index = number(scan)
  optional(scan, externType)
  return { name: text, sort: which, index }
}
