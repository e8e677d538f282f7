import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { rejectionCodes } from './payment/messages.ts'
import { terminationCodes } from './reputation/observation.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Everything that runs: no tests, and not the simulator, whose actors make codes up. */
function sources(): { path: string; text: string }[] {
  return ['src', 'workers', 'relay-server', 'examples'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => `${folder}/${name}`)
      .filter(
        (path) => /\.tsx?$/.test(path) && !/^src\/sim\/|\.(test|examples|fixture|contract|page|check)\./.test(path),
      )
      .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') })),
  )
}

/** Where a code can stand: refused with, declared in a union, or the `code` of a reason or failure. */
const patterns: readonly RegExp[] = [
  /\b(?:refuse|no|later|failure|failedTask|lacking)\(\s*'([A-Za-z][\w-]+)'/g,
  /\bcode: '([A-Za-z][\w-]+)'/g,
  /\brefused: [^\n]*'([a-z][\w-]+)'/g,
  /\breason = [^\n]*'([a-z][\w-]+)'/g,
]
const unions =
  /\b(?:type \w*(?:Code|Refusal|Exclusion)|readonly (?:code|why)\??)\s*[=:]((?:[\s|]|'[^'\n]*'|\b\w+\b(?!\s*[=:(])|\/\/[^\n]*)+)/g

function codesIn(text: string): string[] {
  const said = patterns.flatMap((pattern) => [...text.matchAll(pattern)].map((found) => found[1]!))
  const declared = [...text.matchAll(unions)].flatMap((found) =>
    [...found[1]!.replace(/\/\/[^\n]*/g, '').matchAll(/'([A-Za-z][\w-]+)'/g)].map((one) => one[1]!),
  )
  return [...said, ...declared]
}

const catalogue = readFileSync(join(root, 'docs/errors.md'), 'utf8')
const rows = [...catalogue.matchAll(/^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \|$/gm)]

describe('the catalogue of refusals and errors', () => {
  const all = sources()
  const used = new Map<string, string>()
  for (const { path, text } of all) for (const code of codesIn(text)) used.set(code, used.get(code) ?? path)
  for (const code of [...rejectionCodes, ...terminationCodes]) used.set(code, 'declared')
  const listed = rows.map(([, code]) => code!)

  it('has every code that is in use', () => {
    const missing = [...used].filter(([code]) => !listed.includes(code)).map(([code, path]) => `${path} ${code}`)
    expect(missing.join('\n')).toBe('')
  })

  it('has no code that is in no file any more, and none twice', () => {
    const text = all.map((one) => one.text).join('\n')
    const gone = listed.filter((code) => !used.has(code) && !text.includes(`'${code}'`))
    const twice = listed.filter((code, at) => listed.indexOf(code) !== at)
    expect([...gone, ...twice].join('\n')).toBe('')
  })

  it('says of each what it means and what to do', () => {
    for (const [, code, meaning, next] of rows) {
      expect(meaning!.trim(), code).toMatch(/\.$/)
      expect(next!.trim(), code).toMatch(/\.$/)
    }
    expect(rows.length).toBeGreaterThan(150)
  })
})
