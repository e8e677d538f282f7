import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { File, OpenFile, WASI } from '@bjorn3/browser_wasi_shim'
import type { JobTask } from './tasks.ts'

export const publicPath = (path: string): string => fileURLToPath(new URL(`../public/${path}`, import.meta.url))
export const moduleAt = (path: string): WebAssembly.Module => new WebAssembly.Module(readFileSync(path))
export const built = (name: string): WebAssembly.Module => moduleAt(publicPath(`jobs/${name}.wasm`))

export type Output = { exitCode: number; stdout: Uint8Array; stderr: string; memoryBytes: number }

export function runTask(module: WebAssembly.Module, task: JobTask): Output {
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

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
