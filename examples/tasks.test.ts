import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  canMinify,
  mergeMatches,
  mergeWords,
  minifiedName,
  minifyTasks,
  noWords,
  type PictureParams,
  pictureTasks,
  pictureTiles,
  piecesOf,
  placeTile,
  readMatches,
  readWords,
  searchTasks,
  topWords,
} from './tasks.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const picture: PictureParams = { scene: 'tiles', width: 100, height: 70, samples: 4, seed: 9, tileSize: 32 }

test('the tiles of a picture cover every pixel once', () => {
  const sides = fc.integer({ min: 1, max: 90 })
  fc.assert(
    fc.property(sides, sides, fc.integer({ min: 1, max: 40 }), (width, height, tileSize) => {
      const hits = new Uint8Array(width * height)
      for (const { x, y, w, h } of pictureTiles({ ...picture, width, height, tileSize })) {
        for (let row = y; row < y + h; row++)
          for (let column = x; column < x + w; column++) hits[row * width + column]!++
      }
      return hits.every((count) => count === 1)
    }),
  )
})

test('a picture grows from its middle', () => {
  const tiles = pictureTiles({ ...picture, width: 96, height: 96 })
  expect(tiles[0]).toEqual({ x: 32, y: 32, w: 32, h: 32 })
  expect([0, 64]).toContain(tiles.at(-1)?.x)
})

test('a picture task names scene, picture, tile, samples and seed', () => {
  const [first] = pictureTasks({ ...picture, width: 32, height: 32 })
  expect(first).toEqual({ args: ['tiles', '32', '32', '0', '0', '32', '32', '4', '9'] })
})

test('a tile lands in its place, and one of another size is refused', () => {
  const pixels = new Uint8Array(4 * 3 * 4)
  const tile = { x: 2, y: 1, w: 2, h: 1 }
  expect(placeTile({ pixels, width: 4 }, tile, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)).ok).toBe(true)
  expect([...pixels.subarray(24, 32)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  expect(pixels.reduce((sum, value) => sum + value, 0)).toBe(36)
  expect(placeTile({ pixels, width: 4 }, tile, new Uint8Array(7))).toEqual({
    ok: false,
    code: 'job-output-malformed',
    facts: { expectedBytes: 8, actualBytes: 7 },
  })
})

test('a file is minified as what its name says', () => {
  const files = ['a.js', 'b.TSX', 'c.css'].map((name) => ({ name, bytes: bytesOf(name) }))
  const tasks = [...minifyTasks({ files, target: 'es2020' })]
  expect(tasks.map(({ args }) => args[1])).toEqual(['--loader=js', '--loader=tsx', '--loader=css'])
  expect(tasks[0]?.args).toContain('--target=es2020')
  expect(files.map(({ name }) => minifiedName(name))).toEqual(['a.min.js', 'b.min.js', 'c.min.css'])
  expect(['x/y.mts', 'z.cjs', 'notes'].map(minifiedName)).toEqual(['x/y.min.mjs', 'z.min.cjs', 'notes.min.js'])
  expect([canMinify('a.mjs'), canMinify('a.png')]).toEqual([true, false])
})

test('a search gives each chapter with its name and place', () => {
  const chapters = [
    { name: 'one', title: 'One', offset: 0, sizeBytes: 4 },
    { name: 'two', title: 'Two', offset: 4, sizeBytes: 3 },
  ]
  const text = { bytes: bytesOf('abc\nde\n'), chapters }
  const tasks = [...searchTasks({ text, pattern: '-d', anyCase: true, wholeWords: false })]
  expect(tasks.map(({ args }) => args)).toEqual([
    ['-i', '--', '-d', 'one', '0'],
    ['-i', '--', '-d', 'two', '4'],
  ])
  expect(tasks[1]?.stdin).toEqual(bytesOf('de\n'))
})

test('pieces of a text end with a line and join to the whole', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(10, 97, 98), { maxLength: 300 }),
      fc.integer({ min: 1, max: 40 }),
      (raw, size) => {
        const bytes = Uint8Array.from(raw)
        const pieces = piecesOf(bytes, size)
        const joined = pieces.flatMap(({ offset, sizeBytes }) => [...bytes.subarray(offset, offset + sizeBytes)])
        expect(joined).toEqual(raw)
        for (const { offset, sizeBytes } of pieces.slice(0, -1)) expect(bytes[offset + sizeBytes - 1]).toBe(10)
      },
    ),
  )
})

test('finds are read, merged in order of the text, and junk is refused', () => {
  const late = readMatches(bytesOf('90\tlast\ttab\n'))
  const early = readMatches(bytesOf('3\tfirst\n7\t\n'))
  if (!late.ok || !early.ok) throw new Error('both are well formed')
  expect(mergeMatches([late.value, early.value])).toEqual([
    { offset: 3, line: 'first' },
    { offset: 7, line: '' },
    { offset: 90, line: 'last\ttab' },
  ])
  for (const junk of ['no tab\n', '-1\tx\n', 'x\ty\n', '\tempty\n', '9e9\tx\n']) {
    expect(readMatches(bytesOf(junk))).toMatchObject({ ok: false, code: 'job-output-malformed' })
  }
})

test('word counts add up in any order', () => {
  const part = (words: Record<string, number>) => {
    const counts = new Map(Object.entries(words))
    return { bytes: 10, lines: 1, words: [...counts.values()].reduce((a, b) => a + b, 0), counts }
  }
  const parts = [part({ whale: 2, sea: 1 }), part({ whale: 3 }), noWords, part({ ahab: 5, __proto__x: 1 })]
  const merged = mergeWords(parts)
  expect(mergeWords([...parts].reverse())).toEqual(merged)
  expect([merged.bytes, merged.lines, merged.words]).toEqual([30, 3, 12])
  expect(topWords(merged.counts, 2)).toEqual([
    ['ahab', 5],
    ['whale', 5],
  ])
})

test('word counts that contradict themselves are refused', () => {
  const good = '=bytes\t6\n=lines\t1\n=words\t2\n=distinct\t1\nhm\t2\n'
  expect(readWords(bytesOf(good))).toMatchObject({ ok: true, value: { words: 2 } })
  const bad = [
    '',
    good.replace('hm\t2', 'hm\t3'),
    good.replace('=distinct\t1', '=distinct\t2'),
    good.replace('hm\t2', 'hm'),
    `${good}hm\t0\n`,
    good.replace('=lines', '=rows'),
  ]
  for (const text of bad) expect(readWords(bytesOf(text))).toMatchObject({ ok: false, code: 'job-output-malformed' })
})

test('no reader breaks on junk', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (junk) => {
      readMatches(junk)
      readWords(junk)
    }),
  )
})
