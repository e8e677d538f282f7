import { useEffect, useRef } from 'react'
import type { JobView } from '../../sdk/api.ts'
import type { Collected } from './collect.ts'

/** Pixels of a tile with its gap, largest that fits; ten thousand tiles of 6 fit into 240 × 1,500. */
const pitches = [26, 20, 16, 12, 9, 7, 5, 4, 3]
const mostHeight = 240

/** The job as a wall: a tile for each task, which lights when its result is there. */
export function TaskWall({ job, collected }: { job: JobView; collected: Collected }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const { total, done, failed } = job.progress
  const { states, version } = collected
  const underWay = job.outcome ? [] : job.lanes.flatMap(({ inFlight }) => inFlight)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` tells that `states`, which changes in place, has changed
  useEffect(() => {
    const element = canvas.current
    if (!element) return
    const draw = (): void => paint(element, { states, total, underWay })
    draw()
    const observer = new ResizeObserver(draw)
    observer.observe(element)
    return () => observer.disconnect()
  }, [version, states, total, underWay.join()])
  return (
    <canvas
      ref={canvas}
      className="task-wall"
      role="img"
      aria-label={`${total} tasks as tiles: ${done} done, ${failed} of them failed`}
    />
  )
}

type Shown = { readonly states: Uint8Array; readonly total: number; readonly underWay: readonly number[] }

function paint(canvas: HTMLCanvasElement, { states, total, underWay }: Shown): void {
  const width = canvas.clientWidth
  const fits = (pitch: number): boolean => Math.ceil(total / Math.floor(width / pitch)) * pitch <= mostHeight
  const pitch = pitches.find(fits) ?? pitches.at(-1)!
  const columns = Math.max(1, Math.floor(width / pitch))
  const rows = Math.min(Math.ceil(total / columns), Math.floor(mostHeight / pitch))
  const height = Math.max(pitch, rows * pitch)
  const scale = devicePixelRatio
  if (canvas.style.height !== `${height}px`) canvas.style.height = `${height}px`
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale)
    canvas.height = Math.round(height * scale)
  }
  const context = canvas.getContext('2d')
  if (!context) return
  const style = getComputedStyle(canvas)
  const colours = [style.getPropertyValue('--tile'), style.getPropertyValue('--green'), style.getPropertyValue('--red')]
  const side = pitch - Math.max(1, Math.round(pitch / 7))
  context.setTransform(scale, 0, 0, scale, 0, 0)
  context.clearRect(0, 0, width, height)
  const frame = (index: number, colour: string): void => {
    context.strokeStyle = colour
    context.lineWidth = Math.min(2, side / 3)
    const inset = context.lineWidth / 2
    context.strokeRect(
      (index % columns) * pitch + inset,
      Math.floor(index / columns) * pitch + inset,
      side - inset * 2,
      side - inset * 2,
    )
  }
  const shown = Math.min(total, rows * columns)
  for (let index = 0; index < shown; index++) {
    const state = states[index] ?? 0
    if (state === 2) frame(index, colours[2] ?? '')
    else {
      context.fillStyle = colours[state] ?? ''
      context.fillRect((index % columns) * pitch, Math.floor(index / columns) * pitch, side, side)
    }
  }
  for (const index of underWay) if (index < shown && !states[index]) frame(index, colours[1] ?? '')
}
