/** A broken stream says by its code how it broke; anything else is our own mistake, and not called the network's. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : 'unexpected'
}
