/** Types of the component model that have a text: what a task may give a function of a component, and get from it. */
export type PlainType = (typeof plainTypes)[number]

/** In the order of their codes, from 0x73 on. */
const plainTypes = [
  'string',
  'char',
  'f64',
  'f32',
  'u64',
  's64',
  'u32',
  's32',
  'u16',
  's16',
  'u8',
  's8',
  'bool',
] as const
const firstCode = 0x73

/** What stands for a type: the code of a primitive one, or the place of another in the list of types. */
export type TypeRef = { readonly primitive: number } | { readonly index: number }
/** Of a type what is needed here: undefined where it is neither a primitive one nor a function. */
export type ReadType =
  | TypeRef
  | { readonly params: readonly TypeRef[]; readonly results: readonly TypeRef[] }
  | undefined

/** A function that a task may call by its name. */
export type ComponentFunction = {
  readonly name: string
  readonly params: readonly PlainType[]
  readonly result?: PlainType | undefined
}

/** Words that the glue makes one name of, in one way: `greet-you` is `greetYou` there. */
const callableName = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/
export const nameInGlue = (name: string): string =>
  name.replace(/-([a-z0-9])/g, (_, first: string) => first.toUpperCase())

/** RK3: the function by that name, where everything that it takes and gives is plain. */
export function callableFunction(
  name: string,
  of: ReadType,
  types: readonly ReadType[],
): ComponentFunction | undefined {
  if (!of || !('params' in of) || !callableName.test(name) || of.results.length > 1) return undefined
  const params = of.params.flatMap((ref) => plainType(ref, types) ?? [])
  const results = of.results.flatMap((ref) => plainType(ref, types) ?? [])
  if (params.length !== of.params.length || results.length !== of.results.length) return undefined
  return { name, params, result: results[0] }
}

/** A name for a primitive type leads to it; there are no names for names, so none leads for ever. */
function plainType(ref: TypeRef, types: readonly ReadType[]): PlainType | undefined {
  const found = 'index' in ref ? types[ref.index] : ref
  return found && 'primitive' in found ? plainTypes[found.primitive - firstCode] : undefined
}
