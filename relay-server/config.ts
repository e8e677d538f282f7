import * as v from 'valibot'
import { ok, type Result, refuse } from '../src/kernel/result.ts'
import { type RelayConfig, type Setting, type SettingName, settings } from './settings.ts'

/** Where settings come from; each wins over the one before it, and over the defaults. */
export type ConfigSources = {
  /** Text of a JSON file: one object whose keys are the names of settings. */
  readonly file?: string | undefined
  /** `TABMESH_RELAY_HTTP_PORT=4080`; lists are separated by commas. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** `--http-port 4080` or `--http-port=4080`. */
  readonly args?: readonly string[]
}

type Found = { readonly value: unknown; readonly from: string }
type Problem = string

const prefix = 'TABMESH_RELAY_'
/** Read by main.ts: where the file is, and whether somebody only wants the list. */
const outside = new Set(['config', 'help'])
const names = Object.keys(settings) as SettingName[]
const settingOf = (name: SettingName): Setting<unknown> => settings[name] as Setting<unknown>

const words = (name: string): string[] => name.replace(/[A-Z]/g, (letter) => ` ${letter}`).split(' ')
export const envName = (name: string): string => prefix + words(name).join('_').toUpperCase()
export const argName = (name: string): string => `--${words(name).join('-').toLowerCase()}`

/** @returns `TABMESH_RELAY_CONFIG` or `--config`, the latter winning. */
export function configPath(sources: ConfigSources): string | undefined {
  return pairs(sources.args ?? []).findLast(([name]) => name === '--config')?.[1] ?? sources.env?.[`${prefix}CONFIG`]
}

/** @returns the whole configuration, or `bad-relay-config` with every problem in words, one a line */
export function readConfig(sources: ConfigSources): Result<RelayConfig, 'bad-relay-config'> {
  const problems: Problem[] = []
  const found = new Map<SettingName, Found>([
    ...fromFile(sources.file, problems),
    ...fromEnv(sources.env ?? {}, problems),
    ...fromArgs(sources.args ?? [], problems),
  ])
  const config = Object.fromEntries(
    names.map((name) => [name, settled(name, found.get(name), problems)]),
  ) as RelayConfig
  problems.push(...contradictions(config))
  return problems.length === 0 ? ok(config) : refuse('bad-relay-config', { problems: problems.join('\n') })
}

function settled(name: SettingName, found: Found | undefined, problems: Problem[]): unknown {
  const { initial, schema, allowed } = settingOf(name)
  if (found === undefined) return initial
  const parsed = v.safeParse(schema, found.value)
  if (parsed.success) return parsed.output
  problems.push(`${name} is ${JSON.stringify(found.value)} (${found.from}): allowed is ${allowed}`)
  return initial
}

function contradictions(config: RelayConfig): Problem[] {
  const problems: Problem[] = []
  if ((config.certFile === '') !== (config.keyFile === '')) {
    problems.push('certFile and keyFile: one is set without the other; WSS needs both, a proxy in front neither')
  }
  if (config.maxReservations > config.maxConnections) {
    problems.push(
      `maxReservations is ${config.maxReservations}, maxConnections ${config.maxConnections}: each reservation needs a connection`,
    )
  }
  return problems
}

function fromFile(file: string | undefined, problems: Problem[]): [SettingName, Found][] {
  if (file === undefined) return []
  const content = parseJson(file)
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    problems.push('the configuration file is not a JSON object such as {"port": 4001}')
    return []
  }
  return known(Object.entries(content), (key) => [key, `in the file`] as const, problems)
}

function fromEnv(env: NonNullable<ConfigSources['env']>, problems: Problem[]): [SettingName, Found][] {
  const own = Object.entries(env).filter(([key, value]) => key.startsWith(prefix) && value !== undefined)
  const byName = new Map(names.map((name) => [envName(name), name]))
  const entries = own.filter(([key]) => !outside.has(key.slice(prefix.length).toLowerCase()))
  return read(entries as [string, string][], byName, problems)
}

function fromArgs(args: readonly string[], problems: Problem[]): [SettingName, Found][] {
  const byName = new Map(names.map((name) => [argName(name), name]))
  return read(
    pairs(args).filter(([key]) => !outside.has(key.slice(2))),
    byName,
    problems,
  )
}

function read(entries: [string, string][], byName: Map<string, SettingName>, problems: Problem[]) {
  const typed = entries.map(([key, value]): [string, unknown] => {
    const name = byName.get(key)
    return [key, name === undefined ? value : settingOf(name).fromText(value)]
  })
  return known(typed, (key) => [byName.get(key) ?? key, key] as const, problems)
}

function known(
  entries: [string, unknown][],
  label: (key: string) => readonly [name: string, from: string],
  problems: Problem[],
): [SettingName, Found][] {
  return entries.flatMap(([key, value]) => {
    const [name, from] = label(key)
    if (Object.hasOwn(settings, name)) return [[name as SettingName, { value, from }]]
    problems.push(`${key} (${JSON.stringify(value)}) is no setting: allowed are ${names.join(', ')}`)
    return []
  })
}

function pairs(args: readonly string[]): [string, string][] {
  const found: [string, string][] = []
  for (let at = 0; at < args.length; at++) {
    const [key = '', inline] = args[at]!.split(/=(.*)/s)
    const next = args[at + 1]
    if (inline !== undefined) found.push([key, inline])
    else if (next === undefined || next.startsWith('--')) found.push([key, 'true'])
    else {
      found.push([key, next])
      at += 1
    }
  }
  return found
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
