import { ConsoleStdout, File, OpenFile, PreopenDirectory, WASI } from '@bjorn3/browser_wasi_shim'

/** What a benchmark asks of this worker: one export of a module, or a whole command, as often as said. */
export type Work = {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Name of the global that holds the budget, where the module is metered. */
  readonly meter: string | undefined
  readonly budget: bigint
} & (
  | { readonly invoke: string; readonly params: readonly number[]; readonly times: number }
  | { readonly args: readonly string[]; readonly files: Record<string, Uint8Array<ArrayBuffer>> }
)

/** Compiled modules by their bytes' address: a benchmark gives each once. */
const modules = new Map<number, WebAssembly.Module>()
const instances = new Map<number, WebAssembly.Instance>()

self.onmessage = ({ data }: MessageEvent<{ id: number; work?: Work }>) => {
  const work = data.work
  if (work) works.set(data.id, work)
  postMessage(run(data.id))
}
const works = new Map<number, Work>()

/** @returns milliseconds */
function run(id: number): number {
  const work = works.get(id)
  if (!work) throw new Error('no such work')
  const module = modules.get(id) ?? new WebAssembly.Module(work.bytes)
  modules.set(id, module)
  if ('invoke' in work) {
    const instance = instances.get(id) ?? new WebAssembly.Instance(module)
    instances.set(id, instance)
    fuel(instance, work)
    const called = instance.exports[work.invoke] as (...params: number[]) => unknown
    const began = performance.now()
    for (let i = 0; i < work.times; i++) called(...work.params)
    return performance.now() - began
  }
  const files = new Map(Object.entries(work.files).map(([name, bytes]) => [name, new File(bytes)]))
  const silent = () => new ConsoleStdout(() => {})
  const wasi = new WASI(
    ['program', ...work.args],
    [],
    [new OpenFile(new File([])), silent(), silent(), new PreopenDirectory('/', files)],
    { debug: false },
  )
  const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: wasi.wasiImport })
  fuel(instance, work)
  const began = performance.now()
  wasi.start(instance as never)
  return performance.now() - began
}

function fuel(instance: WebAssembly.Instance, { meter, budget }: Work): void {
  if (meter !== undefined) (instance.exports[meter] as WebAssembly.Global).value = budget
}
