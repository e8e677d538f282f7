import { type ComponentCode, inspectComponent } from '../../activity/component.ts'
import { type CoreFile, type PreparedComponent, prepareCores } from '../../activity/component-prepare.ts'
import type { MeterModule } from '../../activity/metering/meter.ts'
import type { PrepareCode, PrepareOptions } from '../../activity/prepare.ts'
import { ok, type Result, refuse } from '../../kernel/result.ts'
import { glueScript } from './component-glue.ts'

/** How glue is generated: no types, nothing of Node, and instances that are made at once and as often as one likes. */
const options = {
  name: 'component',
  instantiation: { tag: 'sync' },
  noTypescript: true,
  noNodejsCompat: true,
} as const

/** Some 500 KB for a command, mostly the same for each; more is a component with types without end. */
const mostGlueLength = 8_388_608

export type Preparing = PrepareOptions & {
  /** The worker's own. */
  readonly meter: MeterModule
  /** Files by name, as the generator gives them. */
  generate(component: Uint8Array, how: typeof options): Promise<readonly (readonly [string, Uint8Array])[]>
}

/** What a component goes through before it is compiled: inspected, made into glue and core modules, those limited and metered. Never rejects. */
export async function prepareComponent(
  bytes: Uint8Array,
  { generate, ...how }: Preparing,
): Promise<Result<PreparedComponent, ComponentCode | PrepareCode>> {
  const inspected = inspectComponent(bytes)
  if (!inspected.ok) return inspected
  const { functions } = inspected.value
  let files: readonly (readonly [string, Uint8Array])[]
  try {
    files = await generate(inspected.value.bytes, options)
  } catch (cause) {
    return refuse('malformed-component', { generator: saidBy(cause) })
  }
  const module = files.find(([name]) => name === `${options.name}.js`)?.[1]
  const glue = module && module.length <= mostGlueLength ? glueScript(new TextDecoder().decode(module)) : undefined
  if (glue === undefined) return refuse('malformed-component', { part: 'glue', glueBytes: module?.length ?? 0 })
  const cores = files.filter(([name]) => name.endsWith('.wasm')) as CoreFile[]
  const prepared = prepareCores(cores, how)
  return prepared.ok ? ok({ runtime: 'component', glue, functions, ...prepared.value }) : prepared
}

/** What the generator says of a component that it refuses, or how it broke: the first 200 characters. */
function saidBy(cause: unknown): string {
  const said = cause instanceof Error && 'payload' in cause ? cause.payload : cause
  return String(said instanceof Error ? said.message : said).slice(0, 200)
}
