import { useEffect, useRef } from 'react'
import type { TileView } from '../../sdk/api.ts'
import { jobHue } from '../parts/pattern.ts'
import { useScheme } from '../parts/use-scheme.ts'

const leastPitch = 16
const gap = 3
const rows = 8

/** Tiles fill column by column, oldest first; those not yet lit show where the next ones will be. */
export function Wall({ tiles }: { tiles: readonly TileView[] }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const scheme = useScheme()
  // biome-ignore lint/correctness/useExhaustiveDependencies: another scheme has other colours
  useEffect(() => {
    const element = canvas.current
    if (!element) return
    const draw = (): void => paint(element, tiles)
    draw()
    const observer = new ResizeObserver(draw)
    observer.observe(element)
    return () => observer.disconnect()
  }, [tiles, scheme])
  return <canvas ref={canvas} className="wall" role="img" aria-label={`${tiles.length} tiles, one for each task`} />
}

function paint(canvas: HTMLCanvasElement, tiles: readonly TileView[]): void {
  const scale = devicePixelRatio
  const columns = Math.max(1, Math.floor((canvas.clientWidth + gap) / leastPitch))
  const pitch = (canvas.clientWidth + gap) / columns
  const side = pitch - gap
  const room = columns * rows
  const width = Math.round(canvas.clientWidth * scale)
  const height = Math.round(rows * pitch * scale)
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height })
  const context = canvas.getContext('2d')
  if (!context) return
  const style = getComputedStyle(canvas)
  const unlit = style.getPropertyValue('--tile')
  const tone = style.getPropertyValue('--tile-colour')
  context.setTransform(scale, 0, 0, scale, 0, 0)
  context.clearRect(0, 0, canvas.clientWidth, rows * pitch)
  // Whole columns leave at the left, so that a tile keeps its place while its column is shown.
  const spill = Math.max(0, Math.ceil((tiles.length - room) / rows) * rows)
  const shown = tiles.slice(spill)
  for (let at = 0; at < room; at++) {
    const tile = shown[at]
    const x = Math.floor(at / rows) * pitch
    const y = (at % rows) * pitch
    context.beginPath()
    context.fillStyle = tile ? `hsl(${jobHue(tile.job)} ${tone})` : unlit
    context.strokeStyle = context.fillStyle
    if (tile?.status === 'failed') {
      context.lineWidth = 2
      context.roundRect(x + 1, y + 1, side - 2, side - 2, 2)
      context.stroke()
    } else {
      context.roundRect(x, y, side, side, 2.5)
      context.fill()
    }
  }
}
