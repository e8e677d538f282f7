import type { ComponentFunction } from '../../activity/component-functions.ts'
import { isRun } from '../../activity/component-names.ts'
import type { PreparedComponent } from '../../activity/component-prepare.ts'
import { budgetOf, meterImport, mostFuel, readMeter, startExport } from '../../activity/metering/budget.ts'
import type { PlacedInput, TaskOutcome } from '../../activity/task.ts'
import { mostValueLength, type ValueText } from '../../activity/value-text.ts'
import { callFunction } from './component-call.ts'
import type { Random, ScriptLoader } from './component-glue.ts'
import { componentHost } from './component-host.ts'
import type { HostState } from './component-io.ts'
import { collect, ended, type Failure, failure, type GuestLimits, saying } from './guest-end.ts'
import { CallNotAllowed } from './guest-entry.ts'
import { guestTree } from './guest-files.ts'
import { charge, Growing, type OutputBudget } from './guest-output.ts'
import { machineWorld, seededWorld } from './guest-world.ts'

type Imports = WebAssembly.Imports
type Instantiate = (
  core: (name: string) => WebAssembly.Module,
  imports: Record<string, object>,
  instantiateCore: (module: WebAssembly.Module, imports?: Imports) => { readonly exports: WebAssembly.Exports },
) => Record<string, unknown>

/** Glue and compiled core modules, with what every task needs to know of them. */
export type ComponentProgram = {
  readonly instantiate: Instantiate
  readonly modules: ReadonlyMap<string, WebAssembly.Module>
  readonly parts: ReadonlyMap<WebAssembly.Module, { readonly hasStart: boolean; readonly hasMemory: boolean }>
  readonly stackUnits: number
  readonly functions: readonly ComponentFunction[]
}

/** @throws where the engine accepts a core module, or the glue, not */
export function compileComponent({ glue, cores, ...rest }: PreparedComponent, load: ScriptLoader): ComponentProgram {
  const compiled = cores.map(({ bytes, ...core }) => ({ ...core, module: new WebAssembly.Module(bytes) }))
  const instantiate = load(glue) as Instantiate
  return {
    instantiate,
    modules: new Map(compiled.map(({ name, module }) => [name, module])),
    parts: new Map(compiled.map(({ module, hasStart, hasMemory }) => [module, { hasStart, hasMemory }])),
    ...rest,
  }
}

/** Runs one task in a fresh instance, to its end, as `runTask` does. Never throws. */
export function runComponent(
  program: ComponentProgram,
  input: PlacedInput,
  { limits, random }: { readonly limits: GuestLimits; readonly random: Random },
): TaskOutcome {
  const startedAt = performance.now()
  const budget: OutputBudget = { left: limits.outputBytes, over: false }
  const stdout = new Growing()
  const stderr = new Growing()
  const tree = guestTree(input.files, budget)
  const world = limits.seed ? seededWorld(limits.seed, input.place?.index ?? 0) : machineWorld(random)
  const state: HostState = { budget, world, held: 0, ending: undefined }
  const imports = componentHost(state, { input, stdout, stderr, root: tree.root })

  const end = execute(program, { state, imports, limits, input })
  const files = end.exitCode >= 0 ? collect(tree.changed, budget) : {}
  const over = budget.over ? failure('output-over-limit', `more than ${limits.outputBytes} bytes written`) : undefined
  const error = over ?? end.error
  return {
    status: error ? 'failed' : 'ok',
    exitCode: over ? -1 : end.exitCode,
    stdout: stdout.exact(),
    stderr: stderr.exact(),
    files,
    usage: {
      durationUs: Math.round((performance.now() - startedAt) * 1000),
      memoryBytes: end.memoryBytes,
      fuel: end.fuel,
    },
    ...(end.values && !error && { values: end.values }),
    ...(error ? { error } : {}),
  }
}

/** Of one component, adapters and all: a command has four. Each that is made has tables that no limit of memory knows. */
const mostInstances = 64

type End = {
  readonly exitCode: number
  readonly memoryBytes: number
  readonly fuel: bigint
  readonly values?: readonly ValueText[] | undefined
  readonly error?: Failure
}
type Executed = {
  readonly state: HostState
  readonly imports: Record<string, object>
  readonly limits: GuestLimits
  readonly input: PlacedInput
}

function execute(program: ComponentProgram, { state, imports, limits, input }: Executed): End {
  const budget = limits.fuel ?? mostFuel
  const meter = new WebAssembly.Global({ value: 'i64', mutable: true }, budgetOf(program, budget))
  const memories = new Set<WebAssembly.Memory>()
  const seen = new Map<WebAssembly.Module, number>()
  let made = 0

  function instantiateCore(module: WebAssembly.Module, given: Imports = {}): { readonly exports: WebAssembly.Exports } {
    if (state.ending) throw state.ending
    const { hasStart = false, hasMemory = false } = program.parts.get(module) ?? {}
    const times = (seen.get(module) ?? 0) + 1
    seen.set(module, times)
    // A second memory of the same module would be one that the limit has not counted.
    if (++made > mostInstances || (hasMemory && times > 1)) throw new Error(`more core instances than allowed: ${made}`)
    const instance = new WebAssembly.Instance(module, { ...given, [meterImport.module]: { [meterImport.name]: meter } })
    for (const one of Object.values(instance.exports)) if (one instanceof WebAssembly.Memory) memories.add(one)
    if (hasStart) (instance.exports[startExport] as () => void)()
    return instance
  }

  let cause: unknown
  let isStarted = false
  let values: readonly ValueText[] | undefined
  try {
    const core = (name: string): WebAssembly.Module => program.modules.get(name)!
    const component = program.instantiate(core, imports, instantiateCore)
    isStarted = true
    if (input.invoke === undefined) runIn(component)
    else values = callFunction(component, program.functions, input)
    for (const text of values ?? []) charge(state.budget, text.length)
    cause = state.ending
  } catch (thrown) {
    cause = state.ending ?? thrown
  }
  let memoryBytes = 0
  for (const { buffer } of memories) memoryBytes += buffer.byteLength
  const { used: fuel, isOut } = readMeter(meter.value as bigint, budget)
  if (!isStarted && !isOut && !(cause instanceof WebAssembly.RuntimeError))
    return { memoryBytes, fuel, exitCode: -1, error: failure('start-failed', saying(cause)) }
  if (hasFailed(cause)) return { memoryBytes, fuel, exitCode: 1, error: failure('exited-nonzero', 'exit code 1') }
  if (values?.some((text) => text.length > mostValueLength))
    return { memoryBytes, fuel, exitCode: -1, error: failure('output-over-limit', tooLong) }
  return { memoryBytes, fuel, values, ...ended(cause, isOut, { memoryBytes, limits, budget }) }
}

const tooLong = `a value of more than ${mostValueLength} characters`

/** What a command does. */
function runIn(component: Record<string, unknown>): void {
  const [, command] = Object.entries(component).find(([name]) => isRun(name)) ?? []
  if (!command) throw new CallNotAllowed('it is no command: name one of its functions')
  ;(command as { run(): unknown }).run()
}

/** `run` came to its end and gave an error: the glue throws it, with what it carries. */
const hasFailed = (cause: unknown): boolean => cause instanceof Error && Object.hasOwn(cause, 'payload')
