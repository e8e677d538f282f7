import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { File, OpenFile, WASI } from '@bjorn3/browser_wasi_shim'
import { describe, expect, test } from 'vitest'
import { defaultsOf, type Gallery } from './gallery.ts'
import {
  type CorpusIndex,
  type JobTask,
  mergeMatches,
  mergeWords,
  minifyTasks,
  type PictureParams,
  pictureTasks,
  pictureTiles,
  placeTile,
  readMatches,
  readWords,
  searchTasks,
  topWords,
  wordsTasks,
} from './tasks.ts'
import { thirdPartyJobs } from './third-party.mjs'

const publicPath = (path: string): string => fileURLToPath(new URL(`../public/${path}`, import.meta.url))
const moduleAt = (path: string): WebAssembly.Module => new WebAssembly.Module(readFileSync(path))
const built = (name: string): WebAssembly.Module => moduleAt(publicPath(`jobs/${name}.wasm`))
const thirdParty = (file: string): string => thirdPartyJobs.find((job) => job.file === file)!.from
const readGallery = (): Gallery => JSON.parse(readFileSync(publicPath('jobs/jobs.json'), 'utf8'))

type Output = { exitCode: number; stdout: Uint8Array; stderr: string; memoryBytes: number }

function runTask(module: WebAssembly.Module, task: JobTask): Output {
  const [stdin, stdout, stderr] = [task.stdin ?? [], [], []].map((bytes) => new OpenFile(new File(bytes)))
  const wasi = new WASI(['program', ...task.args], [], [stdin!, stdout!, stderr!], { debug: false })
  const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: wasi.wasiImport })
  const exports = instance.exports as { memory: WebAssembly.Memory; _start: () => unknown }
  const exitCode = wasi.start({ exports })
  return {
    exitCode,
    stdout: stdout!.file.data,
    stderr: new TextDecoder().decode(stderr!.file.data),
    memoryBytes: exports.memory.buffer.byteLength,
  }
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

describe('picture', () => {
  const module = built('picture')
  const params: PictureParams = { scene: 'glasshouse', width: 48, height: 27, samples: 4, seed: 1, tileSize: 20 }

  function paint(how: PictureParams): Uint8Array {
    const pixels = new Uint8Array(how.width * how.height * 4)
    const tiles = pictureTiles(how)
    for (const [index, task] of [...pictureTasks(how)].entries()) {
      const { exitCode, stdout } = runTask(module, task)
      expect(exitCode).toBe(0)
      expect(placeTile({ pixels, width: how.width }, tiles[index]!, stdout).ok).toBe(true)
    }
    return pixels
  }

  test.each(['glasshouse', 'tiles', 'fractal'] as const)('%s is the same picture however it is cut', (scene) => {
    const whole = paint({ ...params, scene, tileSize: 64 })
    expect(digestOf(paint({ ...params, scene }))).toBe(digestOf(whole))
    expect(new Set(whole).size).toBeGreaterThan(60)
  })

  /** Pinned, and equal to what the same sources give as native x86-64 code: the arithmetic is exact on every engine. */
  test.each([
    ['glasshouse', '83a28e0bcfec5884'],
    ['tiles', '8142586cb00d97c8'],
    ['fractal', '7838b80a8b93c248'],
  ] as const)('%s has the same bits on every engine', (scene, digest) => {
    expect(digestOf(paint({ ...params, scene })).slice(0, 16)).toBe(digest)
  })

  test('every pixel is opaque', () => {
    const pixels = paint(params)
    expect(pixels.every((value, index) => index % 4 !== 3 || value === 255)).toBe(true)
  })

  test.each([
    [[]],
    [['cellar', '8', '8', '0', '0', '8', '8', '1', '1']],
    [['tiles', '8', '8', '1', '0', '8', '8', '1', '1']],
    [['tiles', '8', '8', '0', '0', '8', '8', '0', '1']],
    [['tiles', '99999', '8', '0', '0', '8', '8', '1', '1']],
    [['tiles', '8', '8', '0', '0', '8', '8', '1', '4294967296']],
    [['tiles', '8', '8', '0', '0', '8', '-8', '1', '1']],
  ])('refuses %j with a sentence', (args) => {
    const { exitCode, stdout, stderr } = runTask(module, { args })
    expect([exitCode, stdout.length]).toEqual([2, 0])
    expect(stderr).toMatch(/^picture: .+\n$/)
  })
})

describe('minify', () => {
  const module = moduleAt(thirdParty('esbuild.wasm'))

  function minify(name: string, text: string): Output {
    const [task] = minifyTasks({ files: [{ name, bytes: bytesOf(text) }] })
    return runTask(module, task!)
  }

  test('makes a script small within the memory that the gallery asks for', () => {
    const { exitCode, stdout, memoryBytes } = minify(
      'add.js',
      'export const add = (first, second) => {\n  return first + second\n}\n',
    )
    expect(exitCode).toBe(0)
    expect(textOf(stdout)).toMatch(/^export const add=\((\w),(\w)\)=>\1\+\2;\n$/)
    expect(memoryBytes).toBeLessThan(32 * 2 ** 20)
  })

  test('makes every example smaller', () => {
    const inputs = readGallery().jobs.find(({ id }) => id === 'minify')!.inputs
    for (const { path } of inputs) {
      const own = publicPath(path)
      const file = thirdPartyJobs.find((job) => `jobs/${job.file}` === path)?.from ?? own
      const source = readFileSync(file)
      const [task] = minifyTasks({ files: [{ name: path, bytes: source }] })
      const { exitCode, stdout, stderr, memoryBytes } = runTask(module, task!)
      expect([path, exitCode, stderr]).toEqual([path, 0, ''])
      expect(stdout.length).toBeLessThan(source.length * 0.8)
      expect(memoryBytes).toBeLessThan(192 * 2 ** 20)
    }
  })

  test('says where a script is wrong', () => {
    const { exitCode, stderr } = minify('wrong.js', 'let = = 3')
    expect(exitCode).toBe(1)
    expect(stderr).toContain('<stdin>:1:6')
  })
})

const corpus: CorpusIndex = JSON.parse(readFileSync(publicPath('jobs/corpus/moby-dick.json'), 'utf8'))
const novel = new Uint8Array(readFileSync(publicPath(`jobs/corpus/${corpus.file}`)))
const text = { bytes: novel, chapters: corpus.chapters }

describe('corpus', () => {
  test('its chapters lie end to end and each begins with its title', () => {
    let end = 0
    for (const { title, offset, sizeBytes } of corpus.chapters) {
      expect(offset).toBe(end)
      end += sizeBytes
      const head = textOf(novel.subarray(offset, end)).replaceAll('\n', ' ')
      expect(head.startsWith(title)).toBe(true)
    }
    expect([end, corpus.sizeBytes]).toEqual([novel.length, novel.length])
    expect(corpus.chapters.length).toBeGreaterThanOrEqual(30)
  })
})

describe('search', () => {
  const module = built('search')
  const find = (args: readonly string[], piece: string): string =>
    textOf(runTask(module, { args, stdin: bytesOf(piece) }).stdout)

  test('finds in the whole book what a plain search finds', () => {
    const tasks = [...searchTasks({ text, pattern: 'White Whale', anyCase: true, wholeWords: false })]
    const parts = tasks.map((task) => {
      const matches = readMatches(runTask(module, task).stdout)
      if (!matches.ok) throw new Error(matches.code)
      return matches.value
    })
    const expected = textOf(novel)
      .split('\n')
      .filter((line) => /white whale/i.test(line))
    const found = mergeMatches(parts.reverse())
    expect(found.map(({ line }) => line)).toEqual(expected)
    for (const { offset, line } of found.slice(0, 5)) {
      expect(textOf(novel.subarray(offset, offset + bytesOf(line).length))).toBe(line)
    }
  })

  test('takes the pattern literally, capitals and word ends as asked', () => {
    expect(find(['a.c'], 'abc\na.c')).toBe('4\ta.c\n')
    expect(find(['SEA'], 'sea\nSEA\n')).toBe('4\tSEA\n')
    expect(find(['-i', 'SEA', 'piece', '100'], 'sea\nSEA\n')).toBe('100\tsea\n104\tSEA\n')
    expect(find(['-w', 'sea'], 'seas\nthe sea—calm\nsea\nundersea\n')).toBe('5\tthe sea—calm\n20\tsea\n')
    expect(find(['--', '-i'], 'a -i b')).toBe('0\ta -i b\n')
    expect(find(['whale'], '')).toBe('')
  })

  test.each([[[]], [['-x', 'a']], [['']], [['a', 'name', 'far']], [['a', 'b', '1', '2']]])('refuses %j', (args) => {
    expect(runTask(module, { args })).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/^search: .+\n$/) })
  })

  test('a line longer than any buffer comes out whole', () => {
    const line = 'x'.repeat(200_000)
    expect(find(['xx'], `a\n${line}\nb\n`)).toBe(`2\t${line}\n`)
  })
})

describe('words', () => {
  const module = built('words')
  const count = (piece: string): Record<string, number> => {
    const result = readWords(runTask(module, { args: [], stdin: bytesOf(piece) }).stdout)
    if (!result.ok) throw new Error(result.code)
    return Object.fromEntries(result.value.counts)
  }

  test('counts words in small letters, with apostrophes inside', () => {
    expect(count("The whale, THE Whale! 'Tis don't don’t ’tis")).toEqual({ the: 2, whale: 2, tis: 2, "don't": 2 })
    expect(count('Œuvre ÉTÉ été sea—calm 1851')).toEqual({ œuvre: 1, été: 2, sea: 1, calm: 1, '1851': 1 })
    expect(count('')).toEqual({})
  })

  test('its words stand in order of their bytes', () => {
    const rows = textOf(runTask(module, { args: [], stdin: bytesOf('sea ab a b abc') }).stdout)
      .trim()
      .split('\n')
    expect(rows).toEqual([
      '=bytes\t14',
      '=lines\t1',
      '=words\t5',
      '=distinct\t5',
      'a\t1',
      'ab\t1',
      'abc\t1',
      'b\t1',
      'sea\t1',
    ])
  })

  test('the counts of the chapters add up to those of the book', () => {
    const read = (task: JobTask) => {
      const result = readWords(runTask(module, task).stdout)
      if (!result.ok) throw new Error(result.code)
      return result.value
    }
    const merged = mergeWords([...wordsTasks({ text })].map(read))
    const whole = read({ args: ['all'], stdin: novel })
    expect(merged).toEqual(whole)
    expect(topWords(merged.counts, 3).map(([word]) => word)).toEqual(['the', 'of', 'and'])
    expect(merged.counts.get('whale')).toBeGreaterThan(1_000)
  })
})

describe('merge', () => {
  const [words, merge] = [built('words'), built('merge')]
  const table = (task: Omit<JobTask, 'stdin'> & { readonly stdin: Uint8Array }, module = merge) =>
    runTask(module, task).stdout

  test('tables of the pieces, added up in any grouping, are the table of the whole', () => {
    const counted = [...wordsTasks({ text })].map((task) => Buffer.from(table(task as never, words)))
    const whole = table({ args: [], stdin: novel }, words)
    const half = counted.length / 2
    const halves = [counted.slice(0, half), counted.slice(half)].map((some) =>
      Buffer.from(table({ args: [], stdin: Buffer.concat(some) })),
    )
    for (const parts of [counted, halves])
      expect(textOf(table({ args: [], stdin: Buffer.concat(parts) }))).toBe(textOf(whole))
    const first = textOf(table({ args: ['2'], stdin: Buffer.concat(halves) })).split('\n')
    expect(first.slice(4)).toEqual(['the\t14430', 'of\t6607', ''])
  })

  test('what is no table is refused, and no table at all is an empty one', () => {
    const empty = '=bytes\t0\n=lines\t0\n=words\t0\n=distinct\t0\n'
    expect(textOf(table({ args: [], stdin: bytesOf('') }))).toBe(empty)
    for (const stdin of ['no number\n', 'a\tmany\n', 'a\t1', '\t1\n'])
      expect(runTask(merge, { args: [], stdin: bytesOf(stdin) }).exitCode).toBe(2)
    expect(runTask(merge, { args: ['0'], stdin: bytesOf('') }).exitCode).toBe(2)
  })
})

describe('bench guests', () => {
  test('spin computes what its rounds say', () => {
    const mask = (1n << 64n) - 1n
    let state = 0x9e3779b97f4a7c15n
    for (let round = 0; round < 1_000; round++) {
      state ^= (state << 13n) & mask
      state ^= state >> 7n
      state ^= (state << 17n) & mask
    }
    const { exitCode, stdout } = runTask(built('bench-spin'), { args: ['1000'] })
    expect([exitCode, textOf(stdout)]).toEqual([0, `${state.toString(16).padStart(16, '0')}\n`])
    expect(runTask(built('bench-spin'), { args: ['many'] }).exitCode).toBe(2)
  })

  test('empty does nothing and needs one page', () => {
    expect(runTask(built('bench-empty'), { args: [] })).toMatchObject({ exitCode: 0, memoryBytes: 65_536 })
  })
})

describe('gallery', () => {
  const gallery = readGallery()

  test('every file that it names is there', () => {
    const copied = new Set(thirdPartyJobs.map(({ file }) => `jobs/${file}`))
    const paths = gallery.jobs.flatMap((job) => [job.module, ...job.previews, ...job.inputs.map(({ path }) => path)])
    expect(paths.filter((path) => !copied.has(path) && !existsSync(publicPath(path)))).toEqual([])
    expect(thirdPartyJobs.filter(({ from }) => !existsSync(from))).toEqual([])
  })

  test('every default lies within its bounds', () => {
    for (const parameter of gallery.jobs.flatMap((job) => job.parameters)) {
      if (parameter.type === 'integer') {
        expect(parameter.default).toBeGreaterThanOrEqual(parameter.min)
        expect(parameter.default).toBeLessThanOrEqual(parameter.max)
      }
      if (parameter.type === 'text') expect(parameter.default.length).toBeLessThanOrEqual(parameter.maxLength)
      if (parameter.type === 'choice') expect(parameter.choices.map(({ value }) => value)).toContain(parameter.default)
    }
  })

  test('the defaults make as many tasks as it says', () => {
    const made = gallery.jobs.map((job) => {
      if (job.id === 'picture') return pictureTiles(defaultsOf(job) as unknown as PictureParams).length
      return job.id === 'minify' ? job.inputs.length : corpus.chapters.length
    })
    expect(made).toEqual(gallery.jobs.map(({ suggestedTasks }) => suggestedTasks))
  })

  test('the committed binaries are those that were summed, small, and ask the host for streams alone', () => {
    const sums = readFileSync(publicPath('jobs/SHA256SUMS'), 'utf8').trim().split('\n')
    expect(sums.length).toBe(6)
    for (const line of sums) {
      const [sum, file] = line.split('  ')
      const bytes = readFileSync(publicPath(`jobs/${file}`))
      expect([file, digestOf(bytes)]).toEqual([file, sum])
      expect(bytes.length).toBeLessThan(60_000)
      const imports = WebAssembly.Module.imports(new WebAssembly.Module(bytes)).map(({ name }) => name)
      const allowed = ['args_get', 'args_sizes_get', 'fd_read', 'fd_write', 'proc_exit']
      expect(imports.filter((name) => !allowed.includes(name))).toEqual([])
    }
  })
})
