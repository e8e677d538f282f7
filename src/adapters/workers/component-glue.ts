/**
 * The script that is made of a generated module: its value is the function that makes an instance. As a script a worker runs it at
 * once, from a Blob, and everything that the glue keeps is within that function: nothing of one task is there in the next.
 * @returns undefined where the module is not of the one form that the generator is known to write
 */
export function glueScript(module: string): string | undefined {
  const body = module.startsWith(head) ? module.slice(head.length) : module
  const remark = body.lastIndexOf(tail)
  const end = remark < 0 ? body.length : remark
  if (!body.startsWith(entry) || /^\s*(?:import|export)\b/m.test(body.slice(entry.length, end))) return undefined
  const plain = body.slice('export '.length, end).replace(emptyText, '$1')
  return `"use strict";self[${JSON.stringify(loadedSlot)}]=(()=>{${plain}\nreturn instantiate})()`
}

/**
 * How it gives an empty text: at an address that is nobody's. Builds write the end of a text behind it, and of a variable its value behind its
 * name: each needs a place of its own, as every other host gives it.
 */
const emptyText = /(function utf8Encode\(s, realloc, memory\) \{[^{}]*)if \(s\.length === 0\) \{[^{}]*\}/

/** Some versions begin with it. */
const head = '"use components";\n'
const entry = 'export function instantiate('
/** Some versions end with it. */
const tail = '\nexport const _util = {'

/** Where a script that a worker loads leaves its value. */
export const loadedSlot = 'tabmesh:loaded'
/** Where it finds what it was given. */
export const givenSlot = 'tabmesh:given'

/** Where a worker finds what runs a script, if it is no browser's. */
export const runSlot = 'tabmesh:run'

/** Runs a script in the worker's own scope and gives the value that it left. */
export type ScriptLoader = (script: string, given?: unknown) => unknown

/** Fills bytes by chance. */
export type Random = (bytes: Uint8Array<ArrayBuffer>) => unknown
