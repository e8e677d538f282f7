import type { Verified } from './event.ts'
import type { AnyBody } from './gate.ts'

/** In a message on its way out: here goes the sealed envelope of this event. The shell signs, for the node cannot wait. */
export class ToSeal {
  readonly event: Verified<AnyBody>
  constructor(event: Verified<AnyBody>) {
    this.event = event
  }
}
