import type { Limits } from './LimitFields.tsx'
import { usualLimits } from './LimitFields.tsx'
import { noCalls, type OwnCalls } from './own-calls.ts'
import type { OwnProgram } from './own-tasks.ts'
import type { Values } from './values.ts'

/** What stays known of an own program after a reload: files are not kept. */
export type OwnAgain = {
  readonly name: string
  readonly program: OwnProgram
  /** Of a module of functions, in place of tasks; `invoke` is empty for other programs. */
  readonly calls: OwnCalls
  readonly limits: Limits
  readonly isInteractive: boolean
  readonly isDeterministic: boolean
}

/** Forty jobs are remembered in 5 MB; what is longer is typed anew. */
const mostTyped = 20_000
const short = (text: string): string => (text.length <= mostTyped ? text : '')

export function ownValues({ name, program, calls, limits, isInteractive, isDeterministic }: OwnAgain): Values {
  const { args, tasks } = program
  return {
    ...limits,
    name,
    isInteractive,
    isDeterministic,
    args: short(args),
    tasks: tasks.kind,
    text: tasks.kind === 'lines' || tasks.kind === 'script' ? short(tasks.text) : '',
    as: tasks.kind === 'files' ? tasks.as : '',
    ...calls,
    lines: short(calls.lines),
  }
}

export function ownAgainOf(values: Values): OwnAgain {
  const number = (name: keyof Limits): number => {
    const value = values[name]
    return typeof value === 'number' && value > 0 ? value : usualLimits[name]
  }
  return {
    name: textIn(values, 'name'),
    isInteractive: values['isInteractive'] === true,
    isDeterministic: values['isDeterministic'] === true,
    program: { args: textIn(values, 'args'), files: [], tasks: tasksOf(values) },
    calls: callsOf(values),
    limits: {
      memoryMb: number('memoryMb'),
      timeoutMs: number('timeoutMs'),
      outputBytes: number('outputBytes'),
      fuel: number('fuel'),
    },
  }
}

function tasksOf(values: Values): OwnProgram['tasks'] {
  const kind = values['tasks']
  if (kind === 'lines' || kind === 'script') return { kind, text: textIn(values, 'text') }
  if (kind === 'files') return { kind: 'files', files: [], as: values['as'] === 'file' ? 'file' : 'stdin' }
  return { kind: 'one' }
}

/** The calls of an own module of functions, as they were typed. */
export const callsOf = (values: Values): OwnCalls => ({
  invoke: textIn(values, 'invoke'),
  given: values['given'] === 'range' ? 'range' : 'lines',
  lines: textIn(values, 'lines'),
  from: textIn(values, 'from', noCalls.from),
  to: textIn(values, 'to', noCalls.to),
  rest: textIn(values, 'rest'),
})

function textIn(values: Values, name: string, fallback = ''): string {
  const value = values[name]
  return typeof value === 'string' ? value : fallback
}
