import { useEffect, useRef, useState } from 'react'
import type { Tile } from '../../../examples/tasks.ts'
import type { JobView } from '../../sdk/api.ts'
import { useScheme } from '../parts/use-scheme.ts'
import { save } from './save.ts'
import type { PictureSink } from './sinks.ts'

type PictureProps = { readonly job: JobView; readonly sink: PictureSink; readonly version: number }

/** The picture growing tile by tile; tiles under way are framed. */
export function PictureView({ job, sink, version }: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const painted = useRef<{ look: string; sink: PictureSink; count: number; framed: readonly number[] }>(undefined)
  const scheme = useScheme()
  const [zoomed, setZoomed] = useState(false)
  const underWay = job.outcome ? [] : job.lanes.flatMap(({ inFlight }) => inFlight)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` tells that the sink, which grows in place, has grown
  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (!context) return
    const colours = getComputedStyle(context.canvas)
    const unlit = (tile: Tile): void => {
      context.clearRect(tile.x, tile.y, tile.w, tile.h)
      context.fillStyle = colours.getPropertyValue('--tile')
      context.fillRect(tile.x + 1, tile.y + 1, tile.w - 2, tile.h - 2)
    }
    let before = painted.current
    if (before?.sink !== sink || before.look !== scheme) {
      sink.tiles.forEach(unlit)
      before = { look: scheme, sink, count: 0, framed: [] }
    }
    const done = new Set(sink.placed)
    for (const index of before.framed) if (!done.has(index)) unlit(sink.tiles[index] as Tile)
    const image = new ImageData(sink.pixels, sink.width, sink.height)
    for (const index of sink.placed.slice(before.count)) {
      const { x, y, w, h } = sink.tiles[index] as Tile
      context.putImageData(image, 0, 0, x, y, w, h)
    }
    const framed = underWay.filter((index) => !done.has(index) && sink.tiles[index])
    context.strokeStyle = colours.getPropertyValue('--green')
    context.lineWidth = 2
    for (const index of framed) {
      const { x, y, w, h } = sink.tiles[index] as Tile
      context.strokeRect(x + 2, y + 2, w - 4, h - 4)
    }
    painted.current = { look: scheme, sink, count: sink.placed.length, framed }
  }, [sink, version, scheme, underWay.join()])
  const savePicture = (): void =>
    canvas.current?.toBlob((blob) => blob && save(blob, `${job.spec.name.replace(/[^\w-]+/g, '-')}.png`))
  return (
    <section className="picture" aria-label="Picture">
      <canvas
        ref={canvas}
        width={sink.width}
        height={sink.height}
        className={zoomed ? 'zoomed' : undefined}
        role="img"
        aria-label={`Picture, ${sink.placed.length} of ${sink.tiles.length} tiles painted`}
      />
      <div className="row">
        <button type="button" className="button" disabled={sink.placed.length === 0} onClick={savePicture}>
          Save the picture
        </button>
        <button type="button" className="button quiet" aria-pressed={zoomed} onClick={() => setZoomed(!zoomed)}>
          {zoomed ? 'Fit to the page' : 'Full size'}
        </button>
        <span className="small soft number">
          {sink.width} × {sink.height} pixels
        </span>
      </div>
    </section>
  )
}
