import { parse } from '@bytecodealliance/jco'
import { mostFuel, readMeter } from '../../src/activity/metering/budget.ts'
import { type Metered, meterModule } from '../../src/activity/metering/meter.ts'
import { sameUpToNan, stateDifference } from './compare.ts'
import { constant, hostValue } from './literal.ts'
import { canonicalBits } from './patterns.ts'
import { bytesIn, type Form, formsOf, isForm, isName, textIn } from './script.ts'
import {
  type Ending,
  exportedTypes,
  type Instance,
  instantiate,
  kindOf,
  meterOf,
  newWorld,
  refill,
  type World,
} from './world.ts'
import { isPlain, wrapperFor } from './wrapper.ts'

/** What came of a script. */
export type Count = {
  /** Modules that ran in all worlds, and assertions and calls that went alike in all. */
  modules: number
  alike: number
  /** Assertions about modules that were refused or that this engine does not know. */
  leftOut: number
  /** Modules that the engine takes and the meter refuses, by what it says. */
  readonly refused: Map<string, number>
  readonly differences: string[]
  /** Bytes that are no module, which the meter has read without throwing. */
  notModules: number
}

export const newCount = (): Count => ({
  modules: 0,
  alike: 0,
  leftOut: 0,
  refused: new Map(),
  differences: [],
  notModules: 0,
})

/** The world as it is, the metered one, and the metered one with the profile of determinism. */
type Worlds = readonly [plain: World, metered: World, deterministic: World]

/** Plays a script in three worlds at once and holds them against each other. */
export async function replay(text: string, title: string, count: Count): Promise<void> {
  const worlds: Worlds = [newWorld(), newWorld(), newWorld()]
  let isAlive = false
  for (const form of formsOf(text)) {
    const where = `${title}:${text.slice(0, form.start).split('\n').length}`
    const [head] = form.items as string[]
    if (head === 'module') isAlive = await begin(form, where)
    else if (head === 'register') register(form)
    else if (head === 'assert_trap' && isModule(form.items[1])) await begin(form.items[1], where)
    else if (asserted.has(head!)) act(form, where)
    else if (isModule(form.items[1])) await refuse(form.items[1])
  }

  function differs(where: string, what: string): void {
    count.differences.push(`${where} ${what}`)
  }

  /** @returns whether what follows can be asserted */
  async function begin(form: Form, where: string): Promise<boolean> {
    for (const world of worlds) world.last = undefined
    const bytes = await binary(form)
    if (!bytes || !WebAssembly.validate(bytes)) return false
    const both = [meterModule(bytes), meterModule(bytes, { isDeterministic: true })] as const
    if (!both[0].ok || !both[1].ok) {
      const why = both[0].ok ? 'only the deterministic one' : `${both[0].code} ${Object.values(both[0].facts).join()}`
      count.refused.set(why, (count.refused.get(why) ?? 0) + 1)
      return false
    }
    const given: readonly (Metered | undefined)[] = [undefined, both[0].value, both[1].value]
    const types = exportedTypes(bytes)
    let modules: WebAssembly.Module[]
    try {
      modules = given.map((metered) => new WebAssembly.Module(metered?.bytes ?? bytes))
    } catch (cause) {
      differs(where, `is no module any more: ${cause}`)
      return false
    }
    const made = modules.map((module, i) => instantiate(worlds[i]!, module, { types, metered: given[i] }))
    const traps = made.map((one) => ('trap' in one ? one.trap : undefined))
    count.modules++
    if (new Set(traps).size > 1) differs(where, `begins as ${traps.join(' | ')}`)
    else count.alike++
    if (traps.some((trap) => trap !== undefined)) return false
    for (const [i, world] of worlds.entries()) {
      world.last = made[i] as Instance
      if (isName(form.items[1])) world.named.set(form.items[1], world.last)
    }
    compareState(where, made as Instance[])
    return true
  }

  function register({ items }: Form): void {
    for (const world of worlds) {
      const instance = isName(items[2]) ? world.named.get(items[2]) : world.last
      if (instance) world.registry[textIn(items[1] as string)] = instance.exports
    }
  }

  function act(form: Form, where: string): void {
    const action = form.items[0] === 'invoke' || form.items[0] === 'get' ? form : form.items[1]
    if (!isForm(action)) return
    const instances = worlds.map((world) => (isName(action.items[1]) ? world.named.get(action.items[1]) : world.last))
    if (!isAlive || instances.some((instance) => !instance)) {
      count.leftOut++
      return
    }
    for (const world of worlds) refill(world)
    const before = count.differences.length
    const endings = perform(action, instances as Instance[])
    const [plain, metered, deterministic] = endings
    if (!isSame(plain!, metered!, Object.is)) differs(where, `${shown(plain!)} | metered ${shown(metered!)}`)
    if (!isSame(plain!, deterministic!, sameUpToNan))
      differs(where, `${shown(plain!)} | deterministic ${shown(deterministic!)}`)
    const notCanonical = madeOfBits.test(sources(action))
      ? undefined
      : canonicalBits(form.items.slice(2).filter(isForm), deterministic!)
    if (notCanonical) differs(where, `deterministic ${notCanonical}`)
    compareFuel(where, instances as Instance[])
    compareState(where, instances as Instance[])
    if (count.differences.length === before) count.alike++
  }

  function compareFuel(where: string, [, metered, deterministic]: readonly Instance[]): void {
    const [ours, others] = [metered, deterministic].map((instance) => {
      const meter = meterOf(instance!.exports)
      return meter && readMeter(meter.value, mostFuel).used
    })
    if (ours !== others) differs(where, `costs ${ours} | deterministic ${others}`)
  }

  function compareState(where: string, [plain, metered, deterministic]: readonly Instance[]): void {
    const difference =
      stateDifference(plain!.exports, metered!.exports, true) ??
      stateDifference(plain!.exports, deterministic!.exports, false)
    if (difference) differs(where, difference)
  }

  /** Whatever is no module here may be refused or not, as long as nothing is thrown. */
  async function refuse(form: Form): Promise<void> {
    const bytes = await binary(form)
    if (!bytes) return
    meterModule(bytes)
    count.notModules++
  }
}

/** What these make of a NaN is no engine's choice. */
const madeOfBits = /neg|abs|copysign/
const asserted = new Set(['invoke', 'get', 'assert_return', 'assert_trap', 'assert_exhaustion'])
const isModule = (item: Form | string | undefined): item is Form => isForm(item) && item.items[0] === 'module'

/** A module as the script writes it: as bytes, as text in quotes, or plainly. Undefined where it is not even that. */
async function binary(form: Form): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const at = isName(form.items[1]) ? 2 : 1
  const kind = form.items[at]
  const rest = form.items.slice(at + 1).filter((item): item is string => typeof item === 'string')
  if (kind === 'definition' || kind === 'instance') return undefined
  if (kind === 'binary') return Uint8Array.from(rest.flatMap((quoted) => [...bytesIn(quoted)]))
  const text = kind === 'quote' ? `(module ${rest.map(textIn).join('')})` : sources(form)
  try {
    return Uint8Array.from(await parse(text))
  } catch {
    return undefined
  }
}

/** A form as text again. */
const sources = ({ items }: Form): string =>
  `(${items.map((item) => (typeof item === 'string' ? item : sources(item))).join(' ')})`

function perform(action: Form, instances: readonly Instance[]): readonly Ending[] {
  const [kind] = action.items
  const at = isName(action.items[1]) ? 2 : 1
  const name = textIn(action.items[at] as string)
  if (kind === 'get') return instances.map(({ exports }) => ({ values: [(exports[name] as WebAssembly.Global).value] }))
  const args = action.items.slice(at + 1).filter(isForm)
  const type = instances[0]!.types.get(name)
  const constants = args.map(constant)
  const isWrapped = type && !isPlain(type) && constants.every((one) => one !== undefined)
  const wrapper = isWrapped ? wrapperFor(type, constants.flat()) : undefined
  return instances.map(({ exports }) => {
    const meter = meterOf(exports)
    try {
      const f = exports[name] as (...values: unknown[]) => unknown
      const run = wrapper && (new WebAssembly.Instance(wrapper, { m: { f } }).exports['run'] as () => unknown)
      return { values: listed(run ? run() : f(...args.map(hostValue))) }
    } catch (cause) {
      return { trap: kindOf(cause, meter) }
    }
  })
}

const listed = (value: unknown): unknown[] => {
  const all = Array.isArray(value) ? value : value === undefined ? [] : [value]
  return all.map((one) => (typeof one === 'function' ? 'a function' : one))
}

function isSame(a: Ending, b: Ending, alike: (a: unknown, b: unknown) => boolean): boolean {
  if ('trap' in a || 'trap' in b) return 'trap' in a && 'trap' in b && a.trap === b.trap
  return a.values.length === b.values.length && a.values.every((value, i) => alike(value, b.values[i]))
}

const shown = (ending: Ending): string => ('trap' in ending ? ending.trap : ending.values.join(' '))
