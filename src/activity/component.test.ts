import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes } from '../kernel/bytes.ts'
import { assemble, i32, nameBytes } from './assembler.ts'
import { type ComponentCode, inspectComponent } from './component.ts'
import { prepareCores } from './component-prepare.ts'
import {
  componentHeader,
  componentSamples,
  runner,
  sampleComponent,
  sections,
  someFunctions,
} from './component-samples.ts'
import { meterModule } from './metering/meter.ts'
import { samples } from './module-samples.ts'

const codeOf = (bytes: Uint8Array): ComponentCode | 'ok' => {
  const result = inspectComponent(bytes)
  return result.ok ? 'ok' : result.code
}
const instancesOf = (...names: readonly string[]): Uint8Array[] =>
  names.map((name, at) => sections.importInstance(name, at))
const label = (text: string): number[] => nameBytes(text)
/** A record with one field of this name. */
const record = (field: string): number[] => [0x72, 1, ...label(field), 0x7f]

describe('[CM1] inspecting a component', () => {
  it('says what a plain command imports', () => {
    const names = ['wasi:cli/stdout@0.2.6', 'wasi:io/streams@0.2.0']
    const bytes = sampleComponent({ before: instancesOf(...names) })
    expect(inspectComponent(bytes)).toMatchObject({
      ok: true,
      value: { sizeBytes: bytes.length, imports: names, coreModules: 1 },
    })
  })

  it('[RK3] says which functions may be called, and with what', () => {
    const inspected = inspectComponent(someFunctions)
    if (!inspected.ok) throw new Error(inspected.code)
    expect(inspected.value).toMatchObject({ isCommand: false, imports: [] })
    expect(inspected.value.functions.map(({ name }) => name)).toEqual(['say-again', 'mix', 'is-even', 'spin', 'trap'])
    expect(inspected.value.functions.slice(1, 4)).toEqual([
      { name: 'mix', params: ['u8', 's64', 'bool', 'f64', 'char'], result: 's64' },
      { name: 'is-even', params: ['u32'], result: 'bool' },
      { name: 'spin', params: [], result: undefined },
    ])
    // A result is no plain value: the component is a command, and that is all.
    expect(inspectComponent(sampleComponent())).toMatchObject({ value: { isCommand: true, functions: [] } })
  })

  it('leaves out what it has not read: remarks, in core modules too', () => {
    const core = concatBytes([runner(i32(0)), sections.remark('</script>')])
    const bytes = sampleComponent({ core, before: [sections.remark('*/ alert(1) //')] })
    const result = inspectComponent(bytes)
    expect(result.ok && result.value.bytes).toEqual(sampleComponent())
  })

  const refused: readonly [string, ComponentCode, Uint8Array][] = [
    ['no bytes', 'not-a-component', new Uint8Array(0)],
    ['a core module', 'not-a-component', samples.empty],
    ['another version of the format', 'not-a-component', Uint8Array.from([0, 0x61, 0x73, 0x6d, 0x0e, 0, 1, 0])],
    ['nothing but its header', 'no-run-export', Uint8Array.from(componentHeader)],
    ['another interface', 'no-run-export', sampleComponent({ exports: 'wasi:http/incoming-handler@0.2.0' })],
    ['a run of WASI 0.3', 'no-run-export', sampleComponent({ exports: 'wasi:cli/run@0.3.0' })],
    ['sockets', 'import-not-allowed', sampleComponent({ before: instancesOf('wasi:sockets/tcp@0.2.0') })],
    ['HTTP', 'import-not-allowed', sampleComponent({ before: instancesOf('wasi:http/outgoing-handler@0.2.0') })],
    ['an interface of its own', 'import-not-allowed', sampleComponent({ before: instancesOf('my:own/thing') })],
    ['WASI 0.3', 'import-not-allowed', sampleComponent({ before: instancesOf('wasi:cli/stdout@0.3.0') })],
    [
      'a plain function',
      'import-not-allowed',
      sampleComponent({ before: [sections.types([0x40, 0, 1, 0]), sections.importFunction('alert', 0)] }),
    ],
    ['a resource of its own', 'feature-not-allowed', sampleComponent({ after: [sections.types([0x3f, 0x7f, 0])] })],
    ['an asynchronous function', 'feature-not-allowed', sampleComponent({ after: [sections.types([0x43, 0, 1, 0])] })],
    ['a core type', 'feature-not-allowed', sampleComponent({ after: [sections.raw(3, [0x50, 0])] })],
    ['a start function', 'feature-not-allowed', sampleComponent({ after: [sections.raw(9, [0, 0])] })],
    [
      'two memories',
      'feature-not-allowed',
      sampleComponent({
        core: assemble({
          memories: [
            [0, 1],
            [0, 1],
          ],
        }),
      }),
    ],
    ['a shared memory', 'feature-not-allowed', sampleComponent({ core: assemble({ memories: [[3, 1, 1]] }) })],
    ['a memory that nobody sees', 'no-memory-export', sampleComponent({ core: assemble({ memories: [[0, 1]] }) })],
    ['the counter itself', 'name-not-allowed', componentSamples.meterThief],
    ['a section past the end', 'malformed-component', Uint8Array.from([...componentHeader, 7, 9, 0])],
    [
      'a list that is longer than its section',
      'malformed-component',
      sampleComponent({ after: [sections.raw(6, [0])] }),
    ],
    ['ten thousand core modules', 'component-over-limit', componentSamples.manyMemories(10_000)],
    ['components within components', 'component-over-limit', nested(10)],
    ['a thousand instances', 'component-over-limit', sampleComponent({ after: manyInstances(1_000) })],
    ['more bytes than are kept', 'component-over-limit', tooLarge()],
  ]
  it.each(refused)('refuses %s as %s', (_, code, bytes) => {
    expect(codeOf(bytes)).toBe(code)
  })

  it('never throws, whatever the bytes are', () => {
    const bytes = componentSamples.empty
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 8 }), (changes) => {
        const changed = bytes.slice()
        for (const [at, value] of changes) changed[at] = value
        codeOf(changed)
        codeOf(changed.subarray(0, changes.length * 20))
      }),
    )
  })
})

describe('[CM2] names', () => {
  const scripts = [
    "x'];alert(1)//",
    '`$'.concat('{alert(1)}`'),
    'a*/alert(1)/*',
    'a\nb',
    'a\\u0027',
    'é',
    '__proto__',
    'a"b',
    '{x}',
    '',
  ]
  const places: readonly [string, (name: string) => Uint8Array][] = [
    ['an import', (name) => sampleComponent({ before: instancesOf(name) })],
    ['an export', (name) => sampleComponent({ exports: name })],
    ['an interface of WASI', (name) => sampleComponent({ before: instancesOf(`wasi:cli/stdout@0.2.0${name || "'"}`) })],
    ['a field', (name) => sampleComponent({ after: [sections.types(record(name))] })],
    ['a case', (name) => sampleComponent({ after: [sections.types([0x71, 1, ...label(name), 0, 0])] })],
    ['a flag', (name) => sampleComponent({ after: [sections.types([0x6e, 1, ...label(name)])] })],
    ['a word of an enumeration', (name) => sampleComponent({ after: [sections.types([0x6d, 1, ...label(name)])] })],
    ['a parameter', (name) => sampleComponent({ after: [sections.types([0x40, 1, ...label(name), 0x7f, 1, 0])] })],
    [
      'what an interface has',
      (name) => sampleComponent({ after: [sections.types([0x42, 1, 4, 0, ...label(name), 3, 1])] }),
    ],
    ['an argument', (name) => sampleComponent({ after: [sections.raw(5, [0, 0, 1, ...label(name), 1, 0])] })],
    [
      'what is taken out of an instance',
      (name) => sampleComponent({ after: [sections.raw(6, [1, 0, 0, ...label(name)])] }),
    ],
  ]
  it.each(places)('refuses script as the name of %s', (_, made) => {
    for (const name of scripts) expect([name, codeOf(made(name))]).toEqual([name, 'name-not-allowed'])
  })

  const corePlaces: readonly [string, (name: string) => Uint8Array][] = [
    ['an import of a core module', (name) => componentSamples.coreImport('env', name)],
    ['a module that a core module imports', (name) => componentSamples.coreImport(name, 'x')],
    [
      'an export of a core module',
      (name) => sampleComponent({ core: assemble({ memories: [[0, 1]], exports: [[...nameBytes(name), 2, 0]] }) }),
    ],
    [
      'what is taken out of a core instance',
      (name) => sampleComponent({ after: [sections.raw(6, [0, 0, 1, 0, ...label(name)])] }),
    ],
    [
      'what a core instance groups',
      (name) => sampleComponent({ after: [sections.raw(2, [1, 1, ...label(name), 0, 0])] }),
    ],
  ]
  it.each(corePlaces)('refuses script as the name of %s', (_, made) => {
    for (const name of scripts.filter((text) => text !== ''))
      expect([name, codeOf(made(name))]).toEqual([name, 'name-not-allowed'])
  })

  it('refuses it within a component that stands within', () => {
    const inner = sampleComponent({ after: [sections.types(record("x'"))] })
    expect(codeOf(sampleComponent({ after: [sections.component(inner)] }))).toBe('name-not-allowed')
  })
})

describe('[CM3] the core modules of one component', () => {
  const files = (...cores: readonly Uint8Array[]) => cores.map((bytes, index) => [`core${index}.wasm`, bytes] as const)

  it('share the memory of the job', () => {
    const prepared = prepareCores(files(runner(i32(0)), runner(i32(0))), { memoryPages: 10, meter: meterModule })
    if (!prepared.ok) throw new Error(prepared.code)
    const most = prepared.value.cores.map(({ bytes }) => {
      const meter = new WebAssembly.Global({ value: 'i64', mutable: true }, 1n << 62n)
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { tabmesh: { meter } })
      const memory = exports['memory'] as WebAssembly.Memory
      let pages = 1
      for (; pages < 100; pages++) {
        try {
          memory.grow(1)
        } catch {
          break
        }
      }
      return pages
    })
    expect(most).toEqual([5, 5])
  })

  it('are refused where they begin with more', () => {
    const prepared = prepareCores(files(runner(i32(0), [0, 6]), runner(i32(0), [0, 6])), {
      memoryPages: 10,
      meter: meterModule,
    })
    expect(prepared).toMatchObject({ ok: false, code: 'memory-over-limit', facts: { initialPages: 12 } })
  })

  it('[FU7] count in one place, to the unit of each by itself', () => {
    const program = samples.empty
    const alone = meterModule(program)
    const together = meterModule(program, { isShared: true })
    if (!alone.ok || !together.ok) throw new Error('not metered')
    const meter = new WebAssembly.Global({ value: 'i64', mutable: true }, 100n << 16n)
    for (let i = 0; i < 2; i++) {
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(together.value.bytes), { tabmesh: { meter } })
      ;(exports['_start'] as () => void)()
    }
    expect(100n - ((meter.value as bigint) >> 16n)).toBe(2n)
  })
})

function nested(depth: number): Uint8Array<ArrayBuffer> {
  return depth === 0 ? sampleComponent() : sampleComponent({ after: [sections.component(nested(depth - 1))] })
}

function manyInstances(count: number): Uint8Array[] {
  return Array.from({ length: count }, () => sections.raw(2, [0, 0, 0]))
}

function tooLarge(): Uint8Array {
  const bytes = new Uint8Array(16 * 1024 * 1024 + 1)
  bytes.set(componentHeader)
  return bytes
}
