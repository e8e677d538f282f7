import { StorageFailure } from '../adapters/storage.port.ts'
import { refuse } from '../kernel/result.ts'
import { SourceEnded } from './source-ended.ts'

/** What to tell of whatever was thrown while a workflow was run. */
export const failureOf = (error: unknown) =>
  error instanceof SourceEnded
    ? error.refusal
    : refuse(error instanceof StorageFailure ? error.code : 'unexpected', {
        reason: error instanceof Error ? error.message.slice(0, 160) : '',
      })
