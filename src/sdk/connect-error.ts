import { StorageFailure } from '../adapters/storage.port.ts'
import type { Result } from '../kernel/result.ts'

/** What a failed start throws: with a code of docs/errors.md, and never a secret. */
export class ConnectError extends Error {
  override name = 'ConnectError'
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** The value, or a ConnectError with the refusal's code and facts. */
export function must<T>(result: Result<T>): T {
  if (result.ok) return result.value
  const facts = Object.entries(result.facts).map(([name, fact]) => `${name}: ${fact}`)
  throw new ConnectError(result.code, [result.code, ...facts].join(', '))
}

/** What opening storage or a key gives, its failure as a ConnectError: `storage-blocked` where it has no code of its own. */
export async function opened<T>(opening: Promise<T>): Promise<T> {
  try {
    return await opening
  } catch (cause) {
    if (cause instanceof StorageFailure) throw new ConnectError(cause.code, cause.message, { cause })
    throw new ConnectError('storage-blocked', 'This place keeps no data.', { cause })
  }
}
