import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

/** What the compiler and the linter cannot see. Every violation is printed with its file and line. */

const root = fileURLToPath(new URL('..', import.meta.url))
const folders = ['src', 'workers', 'relay-server', 'scripts', 'examples', 'e2e', 'bench']

type Source = { readonly path: string; readonly text: string; readonly code: string }

function filesIn(folder: string): string[] {
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
  return files.map(({ parentPath, name }) => relative(root, join(parentPath, name)).split('\\').join('/')).toSorted()
}

const read = (path: string): string => readFileSync(join(root, path), 'utf8')
/** The text with comments and what stands in quotes blanked, line by line as long as before. */
const bare = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g, (part) =>
    part.replace(/[^\n]/g, ' '),
  )

const paths = folders.flatMap(filesIn)
const sources: readonly Source[] = paths
  .filter((path) => /\.(ts|tsx|mts|mjs)$/.test(path))
  .map((path) => ({ path, text: read(path), code: bare(read(path)) }))
const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path)

/** `file:line` of each place where the pattern stands. */
function places(path: string, text: string, pattern: RegExp): string[] {
  return [...text.matchAll(new RegExp(pattern, 'g'))].map(
    (found) => `${path}:${text.slice(0, found.index).split('\n').length} ${found[0].trim()}`,
  )
}
const none = (violations: readonly string[]): void => expect(violations.toSorted().join('\n')).toBe('')

const pureRooms = [
  'kernel',
  'wire',
  'identity',
  'content',
  'net',
  'market',
  'activity',
  'inference',
  'receipts',
  'payment',
  'reputation',
  'guild',
  'governance',
  'node',
]
const rooms = [...pureRooms, 'adapters', 'sim', 'sdk', 'ui']
const roomOf = (path: string): string | undefined => rooms.find((room) => path.startsWith(`src/${room}/`))
const isPure = (path: string): boolean => pureRooms.includes(roomOf(path) ?? '')

type Import = { readonly from: string; readonly to: string; readonly line: number }
const importPattern = /(?:\bfrom|\bimport|\bnew URL)\s*\(?\s*['"](\.{1,2}\/[^'"?]+)(?:\?[^'"]*)?['"]/g
const imports: readonly Import[] = sources.flatMap(({ path, text }) =>
  [...text.matchAll(importPattern)].map((found) => ({
    from: path,
    to: posix.join(dirname(path), found[1]!),
    line: text.slice(0, found.index).split('\n').length,
  })),
)

describe('who may import whom', () => {
  /** Why this import points the wrong way, or undefined. */
  function wrong({ from, to }: Import): string | undefined {
    const [here, there] = [roomOf(from), roomOf(to)]
    if (from === 'src/main.tsx' || from === 'src/tidy.test.ts') return undefined
    if (from.startsWith('workers/')) {
      const allowed = ['kernel', 'wire', 'activity', 'inference'].includes(there ?? 'kernel')
      return allowed || /^src\/adapters\/workers\/(guest[^/]*|component[^/]*|disarm|script-loader)\.ts$/.test(to)
        ? undefined
        : 'a worker imports it'
    }
    if (from.startsWith('relay-server/')) {
      const allowed =
        there === undefined ||
        there === 'kernel' ||
        /^src\/net\/(limits|dht-value)\.ts$/.test(to) ||
        isTestSupport(from)
      return allowed ? undefined : 'the relay knows no domain'
    }
    if (!here || !there || here === there) return undefined
    if (rooms.indexOf(there) > rooms.indexOf(here)) return `${here} stands left of ${there}`
    if (here === 'ui' && there === 'adapters' && !to.endsWith('.port.ts')) return 'only main.tsx brings both together'
    if (here === 'sim' && there === 'adapters' && !to.endsWith('.port.ts')) return 'a simulation has its own world'
    return (here === 'sdk' || here === 'ui') && there === 'sim' ? 'the simulator is no part of the product' : undefined
  }

  it('a room imports from rooms to its left', () => {
    none(
      imports.flatMap((one) => {
        const why = wrong(one)
        return why ? [`${one.from}:${one.line} imports ${one.to}: ${why}`] : []
      }),
    )
  })
})

/** Files that exist for tests, and those that something outside of the code starts. */
const isTestSupport = (path: string): boolean =>
  isTest(path) || /\.(examples|fixture|contract|arbitraries)\.tsx?$|-samples\.ts$/.test(path)
const isEntry = (path: string): boolean =>
  isTestSupport(path) ||
  /^src\/main\.tsx$|^src\/sdk\/(node-)?index\.ts$|^workers\/[^/]+\.worker\.ts$|^relay-server\/main\.ts$|\.page\.ts$|check\.ts$|\.d\.m?ts$/.test(
    path,
  )

describe('pure rooms', () => {
  /** Ports: types of what adapters promise. */
  const isPort = (path: string): boolean =>
    path.endsWith('.port.ts') || /^src\/(net\/port|identity\/signing|activity\/(?:custom-)?runtime)\.ts$/.test(path)
  const pure = sources.filter(({ path }) => isPure(path) && !isTest(path))

  it('read no clock, no chance, no locale, and compute alike on every engine', () => {
    const impure =
      /\bDate\b|\bMath\.(?:random|exp|expm1|log|log10|log1p|log2|pow|sin|cos|tan|asin|acos|atan2?|sinh|cosh|tanh|cbrt|hypot)\b|\blocaleCompare\b|\btoLocale\w+|\bIntl\b|\bperformance\b|\bconsole\b/
    none(pure.flatMap(({ path, code }) => places(path, code, impure)))
  })

  it('wait for nothing', () => {
    none(
      pure
        .filter(({ path }) => !isPort(path))
        .flatMap(({ path, code }) => places(path, code, /\b(?:async|await|Promise)\b/)),
    )
  })
})

describe('every file', () => {
  it('exports by name, and nothing wholesale', () => {
    const configs = /(^|\/)(vite|vitest)\.config\.ts$/
    none(
      sources
        .filter(({ path }) => !configs.test(path) && !/\.d\.m?ts$/.test(path))
        .flatMap(({ path, code }) => places(path, code, /(?<=^|\n)export (?:default\b|\*)/)),
    )
  })

  it('lies in a folder that is named for what is in it', () => {
    none(paths.filter((path) => /(^|\/)(utils?|helpers?|common|shared|misc)\//.test(path)))
  })

  it('has at most 400 lines', () => {
    const long = sources.filter(({ text }) => text.split('\n').length > 401)
    none(long.map(({ path, text }) => `${path}:401 has ${text.split('\n').length - 1} lines`))
  })

  it('is imported by something other than its own test', () => {
    const used = new Set(
      imports.filter(({ from, to }) => from !== to && from.replace('.test.', '.') !== to).map(({ to }) => to),
    )
    const candidates = sources.filter(({ path }) => /^(src|workers|relay-server)\//.test(path) && !isEntry(path))
    none(candidates.filter(({ path }) => !used.has(path)).map(({ path }) => `${path}:1 nobody imports it`))
  })

  it('speaks of the project alone', () => {
    const documents = [...filesIn('docs'), ...paths].filter((path) => /\.(md|ts|tsx|mts|mjs|c|css)$/.test(path))
    const foreign = /\b(?:workplaces?|helpers?|sub-?agents?|FIXME|TODO|XXX)\b|\/(?:home|root|tmp)\/[a-z]/i
    none(documents.filter((path) => path !== 'src/tidy.test.ts').flatMap((path) => places(path, read(path), foreign)))
  })
})

type Rule = { readonly id: string; readonly place: string; readonly room: string }
const specs = paths.filter((path) => /\/(SPEC|LANGUAGE)\.md$/.test(path))
const rules: readonly Rule[] = specs.flatMap((path) => {
  const text = read(path)
  return [...text.matchAll(/^(?:- \*\*|\| )([A-Z]{2}\d+)(?:\*\*| +\|)/gm)].map((found) => ({
    id: found[1]!,
    place: `${path}:${text.slice(0, found.index).split('\n').length}`,
    room: dirname(path),
  }))
})
const known = new Set(rules.map(({ id }) => id))
const prefixes = new Set(rules.map(({ id }) => id.slice(0, 2)))
const specified = new Set(specs.map((path) => dirname(path)))

/** Names of tests, each with those of the descriptions above it. */
function testNames({ path, text }: Source): { place: string; name: string; above: string }[] {
  let above = ''
  let from = 0
  return [...text.matchAll(/(\bdescribe|\bit|\)|\])\(\s*(['"`])((?:\\.|(?!\2)[^\\])+)\2\s*,/g)].flatMap((found) => {
    const [, kind, , name] = found
    const place = `${path}:${text.slice(0, found.index).split('\n').length}`
    // The name of a case may come from the table in front of it.
    const table = /%s|\$\w|\$\{/.test(name!) ? text.slice(from, found.index) : ''
    from = found.index
    if (kind === 'describe') above = name!
    return kind === 'describe' ? [] : [{ place, name: name!, above: above + table }]
  })
}
/** `[AG1]` in a name, or `'AG1'` in a table of cases. */
const citations = (text: string): string[] =>
  [...text.matchAll(/\[([A-Z]{2}\d+)\]|'([A-Z]{2}\d+)'/g)].map((found) => found[1] ?? found[2]!)

describe('rules and tests', () => {
  const tests = sources.filter(({ path }) => isTest(path) || path.endsWith('.contract.ts'))

  it('each rule has one place, and its letters one room', () => {
    const twice = rules.filter(({ id }, at) => rules.findIndex((one) => one.id === id) !== at)
    const strayed = rules.filter(({ id, room }) =>
      rules.some((one) => one.id.slice(0, 2) === id.slice(0, 2) && one.room !== room),
    )
    none([...twice, ...strayed].map(({ id, place }) => `${place} ${id} stands elsewhere too`))
  })

  it('each rule is cited by a test', () => {
    const cited = new Set(tests.flatMap(({ text }) => citations(text)))
    none(rules.filter(({ id }) => !cited.has(id)).map(({ id, place }) => `${place} ${id} has no test`))
  })

  it('each test of a room with rules cites one', () => {
    const ruled = sources.filter(({ path }) => isTest(path) && specified.has(dirname(path)))
    const names = ruled
      .flatMap(testNames)
      .filter(({ name, above }) => citations(name + above).length === 0 && !/^\[\$\{/.test(name))
    none(names.map(({ place, name }) => `${place} '${name}' cites no rule`))
  })

  it('nobody cites a rule that there is not', () => {
    const inTests = tests.flatMap(({ path, text }) =>
      places(path, text, /\[[A-Z]{2}\d+\]/).filter((found) => !known.has(citations(found)[0]!)),
    )
    const inComments = sources.flatMap(({ path, text }) =>
      places(path, text, /(?<=(?:\/\*\*|\*|\/\/)[^\n]*)\b[A-Z]{2}\d+\b(?=[^\n]*)/).filter((found) => {
        const id = found.split(' ').at(-1)!
        return !known.has(id) && (prefixes.has(id.slice(0, 2)) || new RegExp(`(/\\*\\*|//) ${id}:`).test(text))
      }),
    )
    none([...inTests, ...inComments])
  })
})
