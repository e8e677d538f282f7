import { useId } from 'react'
import { mostOutputBytes } from '../../activity/messages.ts'
import type { SubmitRequest } from '../../sdk/api.ts'
import { duration, fuel } from '../parts/format.ts'

export type Limits = {
  readonly memoryMb: number
  readonly timeoutMs: number
  readonly outputBytes: number
  /** Units; 0 where time alone ends a task. */
  readonly fuel: number
}

/** The same in the words of the SDK. */
export const askedLimits = ({ fuel, ...limits }: Limits): NonNullable<SubmitRequest['limits']> =>
  fuel > 0 ? { ...limits, fuel: BigInt(fuel) } : limits

/** Thirty seconds and what a phone can spare. */
export const usualLimits: Limits = { memoryMb: 64, timeoutMs: 30_000, outputBytes: 4_194_304, fuel: 0 }

const memories = [16, 64, 256, 1_024, 4_096]
const seconds = [5, 30, 120, 600, 3_600]
const fuels = [1e8, 1e9, 1e10, 1e11, 1e12]
/** The last is the most that a node takes. */
const outputs = [1, 4, mostOutputBytes / 1_048_576]

/** What one task may take before it is ended. */
export function LimitFields({ limits, onChange }: { limits: Limits; onChange: (limits: Limits) => void }) {
  return (
    <fieldset>
      <legend>Limits of one task</legend>
      <div className="parameters limits">
        <Choice
          label="Memory"
          value={limits.memoryMb}
          choices={memories.map((mb) => [mb, mb < 1_024 ? `${mb} MiB` : `${mb / 1_024} GiB`])}
          onChange={(memoryMb) => onChange({ ...limits, memoryMb })}
        />
        <Choice
          label="Time"
          value={limits.timeoutMs}
          choices={seconds.map((s) => [s * 1_000, s < 60 ? `${s} s` : duration(s * 1_000)])}
          onChange={(timeoutMs) => onChange({ ...limits, timeoutMs })}
        />
        <Choice
          label="Output"
          value={limits.outputBytes}
          choices={outputs.map((mb) => [mb * 1_048_576, `${mb} MiB`])}
          onChange={(outputBytes) => onChange({ ...limits, outputBytes })}
        />
        <Choice
          label="Fuel"
          value={limits.fuel}
          choices={[[0, 'No limit'], ...fuels.map((units) => [units, fuel(BigInt(units))] as const)]}
          onChange={(units) => onChange({ ...limits, fuel: units })}
        />
      </div>
    </fieldset>
  )
}

type ChoiceProps = {
  readonly label: string
  readonly value: number
  readonly choices: readonly (readonly [number, string])[]
  readonly onChange: (value: number) => void
}

function Choice({ label, value, choices, onChange }: ChoiceProps) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(Number(event.currentTarget.value))}>
        {choices.map(([choice, words]) => (
          <option key={choice} value={choice}>
            {words}
          </option>
        ))}
      </select>
    </div>
  )
}
