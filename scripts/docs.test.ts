import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

/** Documents go out of date in silence. What can be checked of them is checked here, each fault with its file and line. */

const root = fileURLToPath(new URL('..', import.meta.url))
const markdownIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: folder !== '.', encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name))

type Page = { readonly path: string; readonly text: string; readonly prose: string }
const pages: readonly Page[] = ['.', 'docs', 'examples'].flatMap(markdownIn).map((path) => {
  const text = readFileSync(join(root, path), 'utf8')
  // What stands in a block of code is an example, and may name files of the reader's.
  return { path, text, prose: text.replace(/^```[\s\S]*?^```/gm, (block) => block.replace(/[^\n]/g, ' ')) }
})
const pageAt = (path: string): Page => {
  const page = pages.find((one) => one.path === path)
  if (!page) throw new Error(`${path} is missing`)
  return page
}
const lineOf = (text: string, at: number): number => text.slice(0, at).split('\n').length
const none = (faults: readonly string[]): void => expect(faults.join('\n')).toBe('')

/** The anchor that a heading gets: small letters, no punctuation, hyphens for spaces. */
const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{Letter}\p{Number} _-]/gu, '')
      .replaceAll(' ', '-'),
  )

describe('links', () => {
  it('lead to files and headings that are there', () => {
    none(
      pages.flatMap(({ path, prose }) =>
        [...prose.matchAll(/\]\(([^)\s]+)\)/g)].flatMap((found) => {
          const [target = '', anchor] = found[1]!.split('#')
          if (/^[a-z]+:/.test(target)) return []
          const file = target === '' ? path : join(dirname(path), target)
          const isThere = existsSync(join(root, file))
          const hasAnchor =
            anchor === undefined || (isThere && anchorsOf(readFileSync(join(root, file), 'utf8')).includes(anchor))
          return isThere && hasAnchor ? [] : [`${path}:${lineOf(prose, found.index)} ${found[1]}`]
        }),
      ),
    )
  })
})

const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory())
const isPath = new RegExp(`^(${folders.map(({ name }) => name.replaceAll('.', '\\.')).join('|')})/[\\w@.+/-]+$`)
/** Made when something is built or started, and in no checkout. */
const isMade = /^(dist|node_modules|\.tabmesh)\b/

describe('names of files', () => {
  it('are those of files that are there', () => {
    none(
      pages.flatMap(({ path, prose }) =>
        [...prose.matchAll(/`([^`\n]+)`/g)].flatMap((found) => {
          const name = found[1]!
          const isKnown = !isPath.test(name) || isMade.test(name) || existsSync(join(root, name))
          return isKnown ? [] : [`${path}:${lineOf(prose, found.index)} ${name}`]
        }),
      ),
    )
  })
})

describe('commands', () => {
  it('of npm are in package.json', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object }
    none(
      pages.flatMap(({ path, text }) =>
        [...text.matchAll(/\bnpm run ([\w:]+)/g)].flatMap((found) =>
          found[1]! in scripts ? [] : [`${path}:${lineOf(text, found.index)} npm run ${found[1]}`],
        ),
      ),
    )
  })
})

describe('docs/limits.md', () => {
  it('has every number as its source has it', () => {
    const { path, prose } = pageAt('docs/limits.md')
    const rows = [...prose.matchAll(/^\| [^|\n]*\| `([^`\n]+)` \| `([^`\n]+)` \|$/gm)]
    expect(rows.length).toBeGreaterThan(80)
    none(
      rows.flatMap((row) => {
        const [, number = '', file = ''] = row
        const source = existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : ''
        return source.includes(number) ? [] : [`${path}:${lineOf(prose, row.index)} ${number} is not in ${file}`]
      }),
    )
  })
})

describe('docs/decisions', () => {
  const records = pages.filter(({ path }) => path.startsWith('docs/decisions/'))

  it('has a record for each dependency', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
      'dependencies' | 'devDependencies',
      Record<string, string>
    >
    const names = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })
    const isNamed = (name: string): boolean => records.some(({ text }) => text.includes(name))
    none(names.filter((name) => !isNamed(name)))
  })

  it('has records of at most fifty lines, each number once', () => {
    const numbers = records.map(({ path }) => /(\d{3})-[a-z0-9-]+\.md$/.exec(path)?.[1] ?? path)
    none(numbers.filter((number, at) => numbers.indexOf(number) !== at))
    none(records.filter(({ text }) => text.split('\n').length > 51).map(({ path }) => path))
  })
})

describe('the voice', () => {
  it('does not shout', () => {
    none(
      pages.flatMap(({ path, prose }) =>
        [...prose.replace(/`[^`\n]*`/g, (code) => ' '.repeat(code.length)).matchAll(/[\p{Letter}.)]!(?=\s|$)/gu)].map(
          (found) => `${path}:${lineOf(prose, found.index)} an exclamation mark`,
        ),
      ),
    )
  })
})
