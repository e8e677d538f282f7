import {
  type Match,
  mergeMatches,
  mergeWords,
  minifiedName,
  noWords,
  pictureTiles,
  placeTile,
  readMatches,
  readWords,
  type Tile,
  type WordCounts,
} from '../../../examples/tasks.ts'
import type { JobMemory } from '../run/job-memory.ts'
import { pictureParams } from '../run/values.ts'

/** What a job's outputs grow into, in the form that people look at. Mutable, for a picture has millions of pixels. */
export type Sink =
  | PictureSink
  | { readonly kind: 'lines'; matches: readonly Match[]; found: number }
  | { readonly kind: 'table'; counts: WordCounts }
  | { readonly kind: 'files'; readonly files: Map<number, { readonly name: string; readonly sizeBytes: number }> }
  | { readonly kind: 'none' }
export type PictureSink = {
  readonly kind: 'picture'
  readonly width: number
  readonly height: number
  readonly pixels: Uint8ClampedArray<ArrayBuffer>
  readonly tiles: readonly Tile[]
  /** Tasks in the order in which their tiles came. */
  readonly placed: number[]
}

export type Output = { readonly index: number; readonly stdout: Uint8Array }

/** A screen holds forty lines; five thousand are more than anybody reads, and all of them are in the download. */
export const mostMatches = 5_000

export function sinkFor({ kind, values, fileNames }: JobMemory): Sink {
  switch (kind) {
    case 'picture': {
      const params = pictureParams(values)
      const { width, height } = params
      const pixels = new Uint8ClampedArray(width * height * 4)
      return { kind: 'picture', width, height, pixels, tiles: pictureTiles(params), placed: [] }
    }
    case 'minify':
      return {
        kind: 'files',
        files: new Map(fileNames.map((name, at) => [at, { name: minifiedName(name), sizeBytes: -1 }])),
      }
    case 'search':
      return { kind: 'lines', matches: [], found: 0 }
    case 'words':
      return { kind: 'table', counts: noWords }
    case 'guess':
    case 'javascript':
    case 'own':
      return { kind: 'none' }
  }
}

/** Adds good outputs. @returns indexes of those whose form is not the job's */
export function pour(sink: Sink, outputs: readonly Output[]): readonly number[] {
  switch (sink.kind) {
    case 'picture':
      return outputs.flatMap(({ index, stdout }) => {
        const tile = sink.tiles[index]
        if (!tile || !placeTile(sink, tile, stdout).ok) return [index]
        sink.placed.push(index)
        return []
      })
    case 'lines': {
      const read = outputs.map(({ index, stdout }) => ({ index, result: readMatches(stdout) }))
      const parts = read.flatMap(({ result }) => (result.ok ? [result.value] : []))
      sink.found += parts.reduce((sum, part) => sum + part.length, 0)
      sink.matches = mergeMatches([sink.matches, ...parts]).slice(0, mostMatches)
      return read.flatMap(({ index, result }) => (result.ok ? [] : [index]))
    }
    case 'table': {
      const read = outputs.map(({ index, stdout }) => ({ index, result: readWords(stdout) }))
      sink.counts = mergeWords([sink.counts, ...read.flatMap(({ result }) => (result.ok ? [result.value] : []))])
      return read.flatMap(({ index, result }) => (result.ok ? [] : [index]))
    }
    case 'files':
      for (const { index, stdout } of outputs) {
        const name = sink.files.get(index)?.name ?? `output-${index}`
        sink.files.set(index, { name, sizeBytes: stdout.length })
      }
      return []
    case 'none':
      return []
  }
}
