import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ok } from '../kernel/result.ts'
import { moduleHeader } from './assembler.ts'
import { hostAbi, hostModule, wasiModule } from './host-abi.ts'
import { budgetOf, meterExport, readMeter } from './metering/budget.ts'
import { inspectModule, type ModuleCode } from './module.ts'
import { limitMemory, replaceSections } from './module-limit.ts'
import { sections } from './module-reader.ts'
import { type Sample, sampleModule, samples } from './module-samples.ts'
import { prepareModule } from './prepare.ts'

const codeOf = (bytes: Uint8Array): ModuleCode | 'ok' => {
  const result = inspectModule(bytes, 'wasi-p1')
  return result.ok ? 'ok' : result.code
}

describe('[MD1] inspecting a module', () => {
  it('says what a plain command needs', () => {
    const bytes = sampleModule({ imports: [{ name: 'fd_write' }], memories: [[1, 2, 9]] })
    const facts = {
      sizeBytes: bytes.length,
      initialPages: 2,
      maximumPages: 9,
      imports: ['fd_write'],
      functions: ['_start'],
    }
    expect(inspectModule(bytes, 'wasi-p1')).toEqual({ ok: true, value: facts })
  })

  const refused: readonly [string, ModuleCode, Uint8Array | Sample][] = [
    ['no bytes', 'not-wasm', new Uint8Array(0)],
    ['text', 'not-wasm', Uint8Array.from([...'(module)'].map((letter) => letter.charCodeAt(0)))],
    ['another version', 'not-wasm', Uint8Array.from([0, 0x61, 0x73, 0x6d, 2, 0, 0, 0])],
    ['a component', 'is-a-component', Uint8Array.from([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0])],
    ['a section past the end', 'malformed-module', Uint8Array.from([...moduleHeader, 1, 5, 0])],
    ['a section twice', 'malformed-module', Uint8Array.from([...moduleHeader, 3, 1, 0, 3, 1, 0])],
    ['an unknown section', 'malformed-module', Uint8Array.from([...moduleHeader, 14, 0])],
    [
      'a size of more than 32 bits',
      'malformed-module',
      Uint8Array.from([...moduleHeader, 0, 0xff, 0xff, 0xff, 0xff, 0x7f]),
    ],
    ['a function of the page', 'import-not-allowed', { imports: [{ from: 'env', name: 'alert' }] }],
    ['a WASI function that does not exist', 'import-not-allowed', { imports: [{ name: 'sock_open' }] }],
    ['a WASI function in another form', 'import-not-allowed', { imports: [{ name: 'fd_close' }] }],
    ['a function of ours that does not exist', 'import-not-allowed', { imports: [{ from: hostModule, name: 'sing' }] }],
    ['the network', 'host-call-not-offered', { imports: [{ from: hostModule, name: 'net_connect', type: 0 }] }],
    ['a memory from outside', 'import-not-allowed', { imports: [{ from: 'env', name: 'memory', kind: 2 }] }],
    ['no _start', 'no-start-export', { exports: [['memory', 2, 0]] }],
    ['a _start that is a memory', 'no-start-export', { exports: [['_start', 2, 0]] }],
    ['a memory kept to itself', 'no-memory-export', { exports: [['_start', 0, 0]] }],
    ['no memory', 'no-memory-export', { memories: [] }],
    ['a shared memory', 'feature-not-allowed', { memories: [[3, 1, 1]] }],
    ['a 64-bit memory', 'feature-not-allowed', { memories: [[4, 1]] }],
    [
      'two memories',
      'feature-not-allowed',
      {
        memories: [
          [0, 1],
          [0, 1],
        ],
      },
    ],
    [
      'a table with an initial expression',
      'feature-not-allowed',
      { tables: [[0x40, 0, 0x70, 0, 1, 0xd0, 0x70, 0x0b]] },
    ],
    ['structures on the engine’s heap', 'feature-not-allowed', { types: [[0x5f, 0]] }],
  ]
  it.each(refused)('refuses %s: %s', (_, code, module) => {
    expect(codeOf(module instanceof Uint8Array ? module : sampleModule(module))).toBe(code)
  })

  it('refuses what is too large before it looks inside', () => {
    expect(codeOf(new Uint8Array(64 * 1024 * 1024 + 1))).toBe('module-over-limit')
  })

  it('names what was imported, made safe to show', () => {
    const bytes = sampleModule({ imports: [{ name: 'fd_write' }, { from: 'env', name: 'a<b\u0001' }] })
    expect(inspectModule(bytes, 'wasi-p1')).toMatchObject({ facts: { imports: 'env.a<b?', count: 1 } })
  })

  it('knows the forty-six functions of preview 1', () => {
    expect(Object.keys(hostAbi[wasiModule]!).length).toBe(46)
  })

  it('answers junk with a refusal, whatever it is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (junk) => {
        expect(codeOf(junk)).not.toBe('ok')
        expect(codeOf(Uint8Array.from([...moduleHeader, ...junk]))).not.toBe('ok')
      }),
    )
  })

  it('answers a module with any byte changed or missing, and whatever it lets pass can be limited', () => {
    const whole = sampleModule({ imports: [{ name: 'fd_write' }], tables: [[0x70, 0, 3]], memories: [[1, 2, 9]] })
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.boolean(), (at, value, isCut) => {
        const bytes = isCut ? whole.slice(0, at) : whole.with(at, value)
        const limited = limitMemory(bytes, 65_536, 'wasi-p1')
        if (limited.ok) expect(codeOf(replaceSections(bytes, sections(bytes) ?? [], limited.value))).toBe('ok')
        else if (limited.code !== 'memory-over-limit' && limited.code !== 'table-over-limit')
          expect(codeOf(bytes)).toBe(limited.code)
      }),
    )
  })
})

describe('[MD2] limiting a module', () => {
  const limitedTo = (maxPages: number, bytes: Uint8Array) => {
    const limited = limitMemory(bytes, maxPages, 'wasi-p1')
    return limited.ok ? ok(replaceSections(bytes, sections(bytes) ?? [], limited.value)) : limited
  }
  const limitsOf = (bytes: Uint8Array, maxPages: number) => {
    const limited = limitedTo(maxPages, bytes)
    if (!limited.ok) return limited
    const facts = inspectModule(limited.value, 'wasi-p1')
    return facts.ok ? [facts.value.initialPages, facts.value.maximumPages] : facts
  }

  it('writes an end where there is none, and keeps a nearer one', () => {
    expect(limitsOf(sampleModule(), 300)).toEqual([1, 300])
    expect(limitsOf(sampleModule({ memories: [[1, 2, 9]] }), 300)).toEqual([2, 9])
    expect(limitsOf(sampleModule({ memories: [[1, 2, 9]] }), 4)).toEqual([2, 4])
  })

  it('refuses a module that starts above the limit', () => {
    expect(limitMemory(sampleModule({ memories: [[0, 5]] }), 4, 'wasi-p1')).toMatchObject({ code: 'memory-over-limit' })
  })

  it('refuses tables that would be a memory of their own', () => {
    const huge = sampleModule({ tables: [[0x70, 0, 0x80, 0x80, 0x80, 0x08]] })
    expect(limitMemory(huge, 4, 'wasi-p1')).toMatchObject({
      code: 'table-over-limit',
      facts: { tableEntries: 16_777_216 },
    })
  })

  it('[HA3] lets a table grow to its end and not past it, at the price of what was added', () => {
    const grow = (entries: number[]) => [0x41, 0, 0xd0, 0x70, 0x41, ...entries, 0xfc, 15, 0, 0x36, 2, 0]
    const end = (entries: number[]) => {
      const prepared = prepareModule(sampleModule({ tables: [[0x70, 0, 1]], code: grow(entries) }), {
        runtime: 'wasi-p1',
        memoryPages: 4,
      })
      if (!prepared.ok) throw new Error(prepared.code)
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(prepared.value.bytes))
      const {
        memory,
        _start,
        [meterExport]: meter,
      } = exports as never as {
        memory: WebAssembly.Memory
        _start(): void
        [meterExport]: WebAssembly.Global
      }
      meter.value = budgetOf(prepared.value, 1_000_000n)
      _start()
      return [new Int32Array(memory.buffer)[0], readMeter(meter.value as bigint, 1_000_000n).used]
    }
    expect(end([0xff, 0xff, 3])).toEqual([1, 6n + 65_535n]) // 65,535 more make 65,536
    expect(end([0x80, 0x80, 4])).toEqual([-1, 6n])
  })

  it('leaves modules that the engine accepts and that then cannot grow further', () => {
    for (const bytes of Object.values(samples)) {
      const limited = limitedTo(16, bytes)
      expect(limited.ok && WebAssembly.validate(limited.value)).toBe(true)
    }
    const limited = limitedTo(3, samples.empty)
    if (!limited.ok) throw new Error(limited.code)
    const { memory } = new WebAssembly.Instance(new WebAssembly.Module(limited.value)).exports as {
      memory: WebAssembly.Memory
    }
    expect(memory.grow(2)).toBe(1)
    expect(() => memory.grow(1)).toThrow(RangeError)
  })
})
