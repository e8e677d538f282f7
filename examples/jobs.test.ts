import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { hostModule, wasiModule } from '../src/activity/host-abi.ts'
import { isComponent } from '../src/activity/module.ts'
import { defaultsOf, type Gallery } from './gallery.ts'
import { built, bytesOf, moduleAt, type Output, publicPath, runTask, textOf } from './run-task.fixture.ts'
import {
  type CorpusIndex,
  guessTasks,
  type JobTask,
  javascriptTasks,
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

const thirdParty = (file: string): string => thirdPartyJobs.find((job) => job.file === file)!.from
const readGallery = (): Gallery => JSON.parse(readFileSync(publicPath('jobs/jobs.json'), 'utf8'))

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

describe('guess', () => {
  const module = built('guess')
  const played = (lines: string, seed = 7) => {
    const [task] = guessTasks({ most: 10, seed })
    return runTask(module, { ...task!, stdin: bytesOf(lines) })
  }
  const guesses = Array.from({ length: 10 }, (_, n) => `${n + 1}\n`).join('')

  test('answers each guess, and is over when it is right', () => {
    const { exitCode, stdout } = played(guesses)
    const said = textOf(stdout).split('\n')
    expect(exitCode).toBe(0)
    expect(said.at(-2)).toMatch(/^> Right(, after \d+ guesses| at the first guess)\.$/)
    expect(said.slice(2, -2).every((line) => line === '> Too low.')).toBe(true)
  })

  test('says its number at the end of the input, and minds no nonsense', () => {
    const { exitCode, stdout } = played('what\n-1\n99\n  \nhelp\n')
    expect([exitCode, textOf(stdout).split('\n').at(-2)]).toEqual([0, expect.stringMatching(/^> It was \d+\.$/)])
    expect(textOf(stdout).match(/no whole number/g)).toHaveLength(4)
    expect(new Set([1, 2, 3, 4, 5].map((seed) => textOf(played('give up\n', seed).stdout))).size).toBeGreaterThan(2)
  })

  test('refuses to play without bounds', () => {
    expect(runTask(module, { args: ['1', '1'] }).exitCode).toBe(2)
    expect(runTask(module, { args: [] }).exitCode).toBe(2)
  })
})

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
      if (job.id === 'guess') return guessTasks({ most: 100, seed: 1 }).length
      if (job.id === 'javascript') return String(defaultsOf(job)['lines']).split('\n').length
      return job.id === 'minify' ? job.inputs.length : corpus.chapters.length
    })
    expect(made).toEqual(gallery.jobs.map(({ suggestedTasks }) => suggestedTasks))
  })

  test('the committed binaries are those that were summed, small, and ask the host for streams alone', () => {
    const sums = readFileSync(publicPath('jobs/SHA256SUMS'), 'utf8').trim().split('\n')
    const built = readdirSync(publicPath('jobs')).filter((name) => name.endsWith('.wasm') && name !== 'esbuild.wasm')
    expect(sums.map((line) => line.split('  ')[1]).toSorted()).toEqual(built.toSorted())
    for (const line of sums) {
      const [sum, file] = line.split('  ')
      const bytes = readFileSync(publicPath(`jobs/${file}`))
      expect([file, digestOf(bytes)]).toEqual([file, sum])
      if (isComponent(bytes)) {
        expect([file, bytes.length < 200_000]).toEqual(['bench-document.wasm', true])
        continue
      }
      const isLinked = file === 'javascript.wasm' // with an interpreter in it, which has a clock and chance
      expect(bytes.length).toBeLessThan(isLinked ? 650_000 : 60_000)
      const imports = WebAssembly.Module.imports(new WebAssembly.Module(bytes))
      const stdio = ['fd_close', 'fd_fdstat_get', 'fd_seek'] // what printf brings along
      const brought: Readonly<Record<string, readonly string[]>> = {
        'javascript.wasm': ['clock_time_get', 'random_get', ...stdio],
        'lines.wasm': stdio,
      }
      const streams = ['args_get', 'args_sizes_get', 'fd_read', 'fd_write', 'proc_exit']
      const allowed = [...streams, ...(brought[file!] ?? [])]
      expect(imports.filter(({ module, name }) => module === wasiModule && !allowed.includes(name))).toEqual([])
      const isMesh = imports.some(({ module }) => module === hostModule)
      expect([file, isMesh]).toEqual([file, file === 'lines.wasm'])
    }
  })
})

describe('javascript', () => {
  const module = built('javascript')
  const run = (script: string, args: readonly string[] = []) => runTask(module, { args, stdin: bytesOf(script) })
  /** The same script in this engine. */
  function here(script: string, args: readonly string[] = []): string {
    const lines: string[] = []
    const print = (...values: unknown[]): unknown => lines.push(`${values.map(String).join(' ')}\n`)
    new Function('print', 'console', 'args', script)(print, { log: print }, args)
    return lines.join('')
  }

  test('a script computes what it does in another engine', () => {
    const scripts = [
      'print("hello", 0.1 + 0.2, 2n ** 100n, args)',
      'for (let n = 2, found = []; found.length < 200; n++) if (found.every((p) => n % p)) print(found.push(n), n)',
      'console.log(JSON.stringify([..."Grüße 🐋"].map((c) => c.codePointAt(0))), "b,a,c".split(",").sort())',
      'const words = {}; for (const w of "to be or not to be".split(" ")) words[w] = (words[w] ?? 0) + 1; print(JSON.stringify(words))',
      'print([3, 1, 2].map((x) => Math.sqrt(x).toFixed(12)), /(\\d+)-(\\d+)/.exec("10-20"), new Map([[1, 2]]).get(1))',
    ]
    for (const script of scripts) {
      const { exitCode, stdout, stderr } = run(script, ['one', 'zwei'])
      expect({ exitCode, stdout: textOf(stdout), stderr }).toEqual({
        exitCode: 0,
        stdout: here(script, ['one', 'zwei']),
        stderr: '',
      })
    }
  })

  test('what a script promises is waited for, and what it throws is told', () => {
    expect(textOf(run('Promise.resolve(1).then(print); print(0)').stdout)).toBe('0\n1\n')
    expect(run('throw new TypeError("no")')).toMatchObject({ exitCode: 1, stderr: 'TypeError: no\n' })
    expect(run('1 +')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('SyntaxError') })
    expect(textOf(run('const f = () => f(); try { f() } catch (e) { print(e.name) }').stdout)).toBe('RangeError\n')
  })

  test('the sample of the gallery counts primes', () => {
    const { script, lines } = defaultsOf(readGallery().jobs.find(({ id }) => id === 'javascript')!)
    const given = String(lines)
      .split('\n')
      .map((line) => line.split(' '))
    const [first, second] = [...javascriptTasks({ script: String(script), given })].map((task) => runTask(module, task))
    expect([textOf(first!.stdout), textOf(second!.stdout)]).toEqual(['2262\n', '1941\n'])
  })

  test('a script longer than what is read at once is whole', () => {
    const script = `/*${'x'.repeat(200_000)}*/ print("end")`
    expect(textOf(run(script).stdout)).toBe('end\n')
  })
})
