/** What was there before where nothing has changed, so that nothing is shown anew. Amounts are compared, too, which JSON does not know. */
export const unlessSame = <T>(before: T, now: T): T => (textOf(before) === textOf(now) ? before : now)

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part)) ?? ''
