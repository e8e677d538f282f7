/** Our own mistake, never a peer's: stays on in production, because going on with a broken invariant loses money. */
export function assert(condition: unknown, invariant: string): asserts condition {
  if (!condition) throw new AssertionError(invariant)
}

/** The branch that cannot be reached: a new variant that nobody handles does not compile. */
export function unreachable(value: never): never {
  throw new AssertionError(`unhandled variant ${JSON.stringify(value)}`)
}

export class AssertionError extends Error {
  override name = 'AssertionError'
}
