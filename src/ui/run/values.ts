import type { GalleryJob, Parameter } from '../../../examples/gallery.ts'
import type { PictureParams, SourceFile } from '../../../examples/tasks.ts'
import { linesOf } from './own-words.ts'

/** What a form of the gallery holds; files stand apart, for they are not remembered. */
export type Values = Readonly<Record<string, string | number | boolean>>

/** The parameters of a picture as the form holds them. */
export function pictureParams(values: Values): PictureParams {
  const number = (name: string, fallback: number): number => {
    const value = Number(values[name])
    return Number.isFinite(value) && value >= 0 ? Math.floor(value) : fallback
  }
  const scene = values['scene']
  return {
    scene: scene === 'tiles' || scene === 'fractal' ? scene : 'glasshouse',
    width: number('width', 960),
    height: number('height', 540),
    samples: number('samples', 64),
    seed: number('seed', 1),
    tileSize: Math.max(1, number('tileSize', 60)),
  }
}

/** How many tasks the form asks for, without making them. */
export function taskCount(job: GalleryJob, values: Values, files: readonly SourceFile[]): number {
  if (job.id === 'picture') {
    const { width, height, tileSize } = pictureParams(values)
    return Math.ceil(width / tileSize) * Math.ceil(height / tileSize)
  }
  if (job.id === 'minify') return files.length > 0 ? files.length : job.inputs.length
  if (job.id === 'javascript') return linesOf(String(values['lines'])).length
  return job.suggestedTasks
}

/** How much there is to do in one task, to compare jobs of one kind: rays of a tile; elsewhere tasks are alike. */
export function taskWeight(job: GalleryJob, values: Values): number {
  if (job.id !== 'picture') return 1
  const { samples, tileSize } = pictureParams(values)
  return Math.max(1, samples) * tileSize * tileSize
}

/** What is wrong with a value, in words, or undefined. */
export function complaint(parameter: Parameter, value: string | number | boolean | undefined): string | undefined {
  if (parameter.type === 'integer') {
    const number = Number(value)
    const fits = value !== '' && Number.isInteger(number) && number >= parameter.min && number <= parameter.max
    return fits ? undefined : `A whole number from ${parameter.min} to ${parameter.max}.`
  }
  if (parameter.type !== 'text') return undefined
  const length = String(value ?? '').length
  if (length < parameter.minLength) return parameter.rows ? 'Nothing is there yet.' : 'Say what to look for.'
  return length > parameter.maxLength ? `At most ${parameter.maxLength} characters.` : undefined
}
