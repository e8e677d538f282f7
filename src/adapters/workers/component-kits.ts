import type { ComponentCode } from '../../activity/component.ts'
import type { PreparedComponent } from '../../activity/component-prepare.ts'
import type { MeterModule } from '../../activity/metering/meter.ts'
import type { PrepareCode, PrepareOptions } from '../../activity/prepare.ts'
import type { PlacedInput, TaskOutcome } from '../../activity/task.ts'
import type { Result } from '../../kernel/result.ts'
import type { Random, ScriptLoader } from './component-glue.ts'
import type { GuestLimits } from './guest-end.ts'

/** What a worker lends to a kit of what the browser had lent to it. */
export type Lent = { readonly load: ScriptLoader; readonly random: Random }

/** The value of the host's script. */
export type ComponentHostKit = {
  /** @throws what the engine has against it. Gives what runs a task of it, which never throws. */
  compile(prepared: PreparedComponent, lent: Lent): (input: PlacedInput, limits: GuestLimits) => TaskOutcome
}

/** The value of the generator's script. */
export type ComponentGeneratorKit = {
  /** Never rejects. After `isBroken` it is of no use any more: a generator that trapped is not entered again. */
  prepare(
    bytes: Uint8Array,
    how: PrepareOptions & { readonly meter: MeterModule },
  ): Promise<Result<PreparedComponent, ComponentCode | PrepareCode>>
  isBroken(): boolean
}

/** The generator's modules out of the one file that they travel in: how many, how long each is, and all of them. */
export function unpacked(file: ArrayBuffer): Uint8Array<ArrayBuffer>[] {
  const [count = 0] = new Uint32Array(file, 0, 1)
  const lengths = new Uint32Array(file, 4, count)
  let at = 4 + 4 * count
  return [...lengths].map((length) => {
    at += length
    return new Uint8Array(file, at - length, length)
  })
}
