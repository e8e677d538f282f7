import type { Refusal } from '../kernel/result.ts'

/** What ends a source before its time: the reason of the stage's failure. */
export class SourceEnded extends Error {
  override name = 'SourceEnded'
  readonly refusal: Refusal<string>
  constructor(refusal: Refusal<string>) {
    super(refusal.code)
    this.refusal = refusal
  }
}
