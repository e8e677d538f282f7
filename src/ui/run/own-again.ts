import type { Limits } from './LimitFields.tsx'
import { usualLimits } from './LimitFields.tsx'
import type { OwnProgram } from './own-tasks.ts'
import type { Values } from './values.ts'

/** What stays known of an own program after a reload: files are not kept, and a list of tasks is too long to keep. */
export type OwnAgain = {
  readonly name: string
  readonly program: OwnProgram
  readonly limits: Limits
  readonly isInteractive: boolean
}

/** Forty jobs are remembered in 5 MB; longer arguments are typed anew. */
const mostArgs = 20_000

export const ownValues = ({ name, program, limits, isInteractive }: OwnAgain): Values => ({
  ...limits,
  name,
  isInteractive,
  args: program.args.length <= mostArgs ? program.args : '',
  tasks: program.tasks.kind,
  as: program.tasks.kind === 'files' ? program.tasks.as : '',
})

export function ownAgainOf(values: Values): OwnAgain {
  const number = (name: keyof Limits): number => {
    const value = values[name]
    return typeof value === 'number' && value > 0 ? value : usualLimits[name]
  }
  return {
    name: typeof values['name'] === 'string' ? values['name'] : '',
    isInteractive: values['isInteractive'] === true,
    program: { args: typeof values['args'] === 'string' ? values['args'] : '', files: [], tasks: tasksOf(values) },
    limits: {
      memoryMb: number('memoryMb'),
      timeoutMs: number('timeoutMs'),
      outputBytes: number('outputBytes'),
      fuel: number('fuel'),
    },
  }
}

function tasksOf(values: Values): OwnProgram['tasks'] {
  if (values['tasks'] === 'lines') return { kind: 'lines', text: '' }
  if (values['tasks'] === 'files') return { kind: 'files', files: [], as: values['as'] === 'file' ? 'file' : 'stdin' }
  return { kind: 'one' }
}
