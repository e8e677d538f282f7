/** What went wrong, as a page shows it: words come from the code, the message is for whoever looks it up. */
export type Failure = { readonly code: string; readonly message: string; readonly phase?: string | undefined }

/** The failure behind anything thrown. Errors of ours carry a code; others are told by their name. */
export function failureOf(cause: unknown): Failure {
  if (!(cause instanceof Error)) return { code: 'unknown', message: String(cause).slice(0, 300) }
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : codeOfName(cause)
  const phase = 'phase' in cause && typeof cause.phase === 'string' ? cause.phase : undefined
  return { code, phase, message: `${cause.name}: ${cause.message}`.slice(0, 300) }
}

/** What browsers throw of themselves, in words that people find in the table. */
function codeOfName({ name, message }: Error): string {
  if (name === 'QuotaExceededError') return 'disk-full'
  if (name === 'SecurityError' || name === 'NotAllowedError') return 'storage-blocked'
  return /dynamically imported module|Importing a module|Unable to preload/.test(message)
    ? 'page-not-loaded'
    : 'unknown'
}
