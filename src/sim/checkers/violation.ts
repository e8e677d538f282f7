/** What a checker found: the invariant as a sentence, and the aggregate whose last events tell how it came to it. */
export class Violation extends Error {
  override name = 'Violation'
  readonly invariant: string
  readonly aggregate: string | undefined
  constructor(invariant: string, aggregate?: string) {
    super(invariant)
    this.invariant = invariant
    this.aggregate = aggregate
  }
}

export function must(condition: boolean, invariant: () => string, aggregate?: string): asserts condition {
  if (!condition) throw new Violation(invariant(), aggregate)
}
