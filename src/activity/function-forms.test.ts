import { describe, expect, it } from 'vitest'
import { assemble, exportOf, functionType, i32Type, i64Type, importFunction } from './assembler.ts'
import { callableForms } from './function-forms.ts'
import { wasiModule } from './host-abi.ts'

const f64Type = 0x7c
const vectorType = 0x7b

describe('what a module of functions offers', () => {
  it('[RK2] is each exported function of plain numbers with what it takes and gives, imports counted', () => {
    const module = assemble({
      types: [
        functionType([i32Type]),
        functionType([i64Type, f64Type], [i64Type]),
        functionType([]),
        functionType([vectorType], [i32Type]),
      ],
      imports: [importFunction(wasiModule, 'proc_exit', 0)],
      functions: [
        { type: 1, code: [0x20, 0] },
        { type: 2, code: [] },
        { type: 3, code: [0x41, 0] },
      ],
      exports: [
        exportOf('power', 'function', 1),
        exportOf('nothing', 'function', 2),
        exportOf('_initialize', 'function', 2),
        exportOf('vector', 'function', 3),
      ],
    })
    expect(callableForms(module)).toEqual([
      { name: 'power', params: ['i64', 'f64'], results: ['i64'] },
      { name: 'nothing', params: [], results: [] },
    ])
    expect(callableForms(module.subarray(0, 20))).toEqual([])
  })
})
