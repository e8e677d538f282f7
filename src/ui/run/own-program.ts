import type { ComponentFacts } from '../../activity/component.ts'
import { type CallableForm, callableForms } from '../../activity/function-forms.ts'
import { inspectProgram, kindOf, type RuntimeKind } from '../../activity/runtime-kind.ts'
import { ok, type Result } from '../../kernel/result.ts'
import type { Failure } from '../app/failure.ts'
import { counted } from '../parts/format.ts'

/** A file that can run here. */
export type Chosen = {
  readonly file: File
  readonly kind: RuntimeKind
  /** What may be called, of a module of functions. */
  readonly forms: readonly CallableForm[]
}

/** What a file is, or why it cannot run. */
export async function readProgram(file: File): Promise<Chosen | Failure> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  const kind = kindOf(bytes)
  if (!kind.ok) return failureIn(file, kind)
  const inspected = await inspect(bytes, kind.value)
  if (!inspected.ok) return failureIn(file, inspected)
  // Its functions take more than numbers, and are called from code.
  if ('isCommand' in inspected.value && !inspected.value.isCommand)
    return { code: 'no-run-export', phase: 'inspect', message: file.name }
  if (kind.value !== 'function') return { file, kind: kind.value, forms: [] }
  const forms = callableForms(bytes)
  if (forms.length > 0) return { file, kind: kind.value, forms }
  return { code: 'no-function-export', phase: 'inspect', message: file.name }
}

/** Few people bring a component: its reader comes with the first. */
async function inspect(bytes: Uint8Array, kind: RuntimeKind): Promise<Result<object | ComponentFacts, string>> {
  if (kind !== 'component') {
    const inspected = inspectProgram(bytes, kind)
    return inspected.ok ? ok({}) : inspected
  }
  return (await import('../../activity/component.ts')).inspectComponent(bytes)
}

/** 'A command. It can run here.' */
export function kindWords({ kind, forms }: Chosen): string {
  if (kind === 'wasi-p1') return 'A command (WASI preview 1).'
  if (kind === 'component') return 'A component (WASI 0.2), which runs as a command.'
  return `A module with ${counted(forms.length, 'function')} to call.`
}

type Refused = { readonly code: string; readonly facts: Readonly<Record<string, unknown>> }

function failureIn({ name }: File, { code, facts }: Refused): Failure {
  const told = Object.entries(facts).map(([fact, value]) => `${fact}: ${String(value)}`)
  return { code, phase: 'inspect', message: [name, ...told].join(', ') }
}
