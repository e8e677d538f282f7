import { useEffect, useRef } from 'react'
import type { TileView } from '../../sdk/api.ts'
import { jobHue } from '../parts/pattern.ts'
import { useScheme } from '../parts/use-scheme.ts'

const leastPitch = 16
const gap = 3
const rows = 8

type WallProps = { readonly tiles: readonly TileView[]; readonly tasksDone: number }
/** What stands on the canvas, so that only what differs is drawn. */
type Painted = { readonly look: string; readonly cells: readonly string[] }

/** Tiles fill column by column, oldest first; those not yet lit show where the next ones will be. */
export function Wall({ tiles, tasksDone }: WallProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const painted = useRef<Painted>(undefined)
  const scheme = useScheme()
  const shown = useRef({ tiles, tasksDone })
  shown.current = { tiles, tasksDone }
  // biome-ignore lint/correctness/useExhaustiveDependencies: another scheme has other colours
  useEffect(() => {
    if (canvas.current) painted.current = paint(canvas.current, shown.current, painted.current)
  }, [tiles, tasksDone, scheme])
  useEffect(() => {
    const element = canvas.current
    if (!element) return
    const observer = new ResizeObserver(() => {
      painted.current = paint(element, shown.current, painted.current)
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return <canvas ref={canvas} className="wall" role="img" aria-label={`${tiles.length} tiles, one for each task`} />
}

function paint(canvas: HTMLCanvasElement, props: WallProps, before: Painted | undefined): Painted | undefined {
  const context = canvas.getContext('2d')
  if (!context) return undefined
  const columns = Math.max(1, Math.floor((canvas.clientWidth + gap) / leastPitch))
  const pitch = (canvas.clientWidth + gap) / columns
  const style = getComputedStyle(canvas)
  const [unlit, tone] = [style.getPropertyValue('--tile'), style.getPropertyValue('--tile-colour')]
  const look = [canvas.clientWidth, devicePixelRatio, unlit, tone].join(' ')
  const isSame = before?.look === look
  if (!isSame) {
    canvas.width = Math.round(canvas.clientWidth * devicePixelRatio)
    canvas.height = Math.round(rows * pitch * devicePixelRatio)
  }
  context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
  const cells = cellsOf(props, columns * rows)
  for (const [at, cell] of cells.entries()) {
    if (isSame && before.cells[at] === cell) continue
    const [hue, isFailed] = cell.split(' ')
    const place = { x: Math.floor(at / rows) * pitch, y: (at % rows) * pitch, pitch }
    drawTile(context, place, hue ? `hsl(${hue} ${tone})` : unlit, isFailed !== undefined)
  }
  return { look, cells }
}

/** Of each place the hue of its job and whether the task failed: '' unlit, '150' good, '150 failed'. */
function cellsOf({ tiles, tasksDone }: WallProps, room: number): readonly string[] {
  // Whole columns leave at the left, so that a tile keeps its place while its column is shown.
  const before = tasksDone - tiles.length
  const least = Math.max(0, tiles.length - room)
  const spill = least === 0 ? 0 : Math.min(tiles.length, Math.ceil((before + least) / rows) * rows - before)
  const lit = tiles.slice(spill).map(({ job, status }) => `${jobHue(job)}${status === 'failed' ? ' failed' : ''}`)
  return Array.from({ length: room }, (_, at) => lit[at] ?? '')
}

type Place = { readonly x: number; readonly y: number; readonly pitch: number }

function drawTile(context: CanvasRenderingContext2D, { x, y, pitch }: Place, colour: string, isHollow: boolean): void {
  const side = pitch - gap
  context.clearRect(x - 1, y - 1, pitch, pitch)
  context.beginPath()
  context.fillStyle = colour
  context.strokeStyle = colour
  context.lineWidth = 2
  if (isHollow) context.roundRect(x + 1, y + 1, side - 2, side - 2, 2)
  else context.roundRect(x, y, side, side, 2.5)
  if (isHollow) context.stroke()
  else context.fill()
}
