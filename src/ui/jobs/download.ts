import { AsyncZipDeflate, strToU8, Zip, ZipDeflate } from 'fflate'
import { minifiedName } from '../../../examples/tasks.ts'
import { type Value, valueText } from '../../activity/value-text.ts'
import type { Job, TaskResult } from '../../sdk/api.ts'
import type { CommandView } from '../../sdk/api-scripts.ts'
import type { JobMemory } from '../run/job-memory.ts'
import { save } from './save.ts'

/** Larger files are packed by a worker: 64 KB take the page about 3 ms. */
const mostHereBytes = 65_536
/** Half a frame; then the page may do something else. */
const sliceMs = 8

/** Packs all results that are there now into one archive, with a list of how each task ended. */
export async function downloadAll(job: Job, name: string, memory: JobMemory | undefined): Promise<void> {
  const archive = createArchive()
  let left = job.view()?.progress.done ?? 0
  if (left > 0) {
    for await (const result of job.results()) {
      await archive.addResult(filesOf(result, memory), result)
      if (--left === 0) break // what comes later would keep the archive open as long as the job runs
    }
  }
  await archive.saveAs(name)
}

/** An archive that grows file by file, with a list of how each task ended. */
export function createArchive() {
  const parts: Uint8Array<ArrayBuffer>[] = []
  const packed = Promise.withResolvers<void>()
  const zip = new Zip((error, chunk, isLast) => {
    if (error) return packed.reject(error)
    parts.push(chunk as Uint8Array<ArrayBuffer>)
    if (isLast) packed.resolve()
  })
  const add = (path: string, bytes: Uint8Array): void => {
    const file = bytes.length > mostHereBytes ? new AsyncZipDeflate(path) : new ZipDeflate(path)
    zip.add(file)
    file.push(bytes, true)
  }
  const outcomes: string[] = []
  const rows: string[] = []
  let sliceEnds = performance.now() + sliceMs
  return {
    async addResult(files: readonly (readonly [string, Uint8Array])[], result: TaskResult): Promise<void> {
      for (const [path, bytes] of files) add(path, bytes)
      outcomes.push(JSON.stringify(outcomeOf(result)))
      if (result.values) rows.push(valuesRow(result))
      if (performance.now() < sliceEnds) return
      await new Promise((resolve) => setTimeout(resolve))
      sliceEnds = performance.now() + sliceMs
    },
    async saveAs(name: string): Promise<void> {
      add('results.jsonl', strToU8(`${outcomes.join('\n')}\n`))
      if (rows.length > 0) add('values.csv', strToU8(`task,status,values\n${rows.join('\n')}\n`))
      zip.end()
      await packed.promise
      save(new Blob(parts, { type: 'application/zip' }), `${nameOfFile(name)}.zip`)
    },
  }
}

export const nameOfFile = (name: string): string => name.replace(/[^\w-]+/g, '-') || 'results'

export function filesOf(result: TaskResult, memory: JobMemory | undefined): [string, Uint8Array][] {
  const { index, stdout, stderr, files, commands = [] } = result
  const source = memory?.fileNames[index]
  const small = source && memory?.kind === 'minify' ? minifiedName(source) : undefined
  const stem = `task-${String(index + 1).padStart(5, '0')}`
  return [
    ...(stdout.length > 0 ? [[small ?? `${stem}/stdout`, stdout] as [string, Uint8Array]] : []),
    ...(stderr.length > 0 ? [[`${stem}/stderr`, stderr] as [string, Uint8Array]] : []),
    ...Object.entries(files).map(([path, bytes]): [string, Uint8Array] => [`${stem}/files/${path}`, bytes]),
    ...commands.flatMap((command) => filesOfCommand(command, stem)),
  ]
}

function filesOfCommand({ index, stdout, stderr, content = nothing }: CommandView, stem: string) {
  const folder = `${stem}/command-${String(index + 1).padStart(3, '0')}`
  const all = Object.entries({ stdout, stderr, content }).filter(([, bytes]) => bytes.length > 0)
  return all.map(([name, bytes]): [string, Uint8Array] => [`${folder}/${name}`, bytes])
}
const nothing = new Uint8Array(0)

/** JSON has no number as large as some of these, nor NaN: they are text. */
function outcomeOf({ index, status, exitCode, durationMs, provider, receipt, error, ...result }: TaskResult) {
  const { fuel, hostUnits = 0n, values, log, custom, commands } = result
  const counters = custom && Object.entries(custom).map(([name, value]) => [name, value.toString()])
  return {
    task: index + 1,
    status,
    exitCode,
    values: values?.map(valueText),
    durationMs,
    fuel: fuel?.toString(),
    hostUnits: hostUnits > 0n ? hostUnits.toString() : undefined,
    counters: counters && Object.fromEntries(counters),
    log,
    commands: commands?.map(({ type, status, exitCode, durationUs, fuel: used, message, values: gave }) => ({
      type,
      status,
      exitCode,
      durationMs: durationUs / 1_000,
      fuel: used.toString(),
      values: gave?.map(valueText),
      message: message || undefined,
    })),
    provider,
    receipt,
    error,
  }
}

/** A task a line; numbers as a spreadsheet reads them, without the mark of 64-bit integers. */
const valuesRow = ({ index, status, values = [] }: TaskResult): string =>
  [index + 1, status, ...values.map(cellOf)].join(',')

/** A text stands in quotes; one that a spreadsheet would compute has a mark in front that makes it a text. */
const cellOf = (value: Value): string =>
  typeof value === 'string' ? `"${value.replace(/^(?=[=+\-@\t\r])/, "'").replaceAll('"', '""')}"` : String(value)
