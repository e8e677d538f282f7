import { type ReactNode, useId } from 'react'
import type { StageState } from '../../activity/workflow.ts'
import { useNarrow } from '../parts/use-narrow.ts'
import type { StageKind } from './draft.ts'
import { type Box, layered } from './layout.ts'
import { tilesOf } from './tiles.ts'

export type GraphStage = {
  readonly id: string
  readonly kind: StageKind
  readonly after: readonly string[]
  /** Files of the workflow. */
  readonly reads: readonly string[]
  readonly state: StageState | 'draft'
  readonly words: string
  readonly progress?: {
    readonly total: number
    readonly done: number
    readonly failed: number
    readonly inFlight: number
  }
}
type GraphProps = {
  readonly stages: readonly GraphStage[]
  readonly label: string
  /** Makes the whole of a stage a way to its job. */
  readonly link?: ((id: string, node: ReactNode) => ReactNode) | undefined
}

const box: Box = { width: 184, height: 92, between: 52, beside: 22 }
/** Two beside each other fit on a phone. */
const boxDown: Box = { ...box, width: 152, between: 38, beside: 14 }
/** The line around a node stands outside of it by half. */
const margin = 10
const fileHeight = 44
const tile = { size: 8, pitch: 10, rows: 2 }
/** What a stage's box has to its left and right. */
const inset = 12
/** A picture that is too wide shrinks a little, before it has to be scrolled. */
const leastScale = 0.8

/** The picture of a workflow: a box for each stage, in which a tile for each task lights; arrows from whom it reads. */
export function Graph({ stages, label, link = (_, node) => node }: GraphProps) {
  const marker = useId()
  const isNarrow = useNarrow()
  const size = isNarrow ? boxDown : box
  // Arrows begin where the box of a file ends: beside it, or below.
  const fileAt = isNarrow ? size.height - fileHeight : (size.height - fileHeight) / 2
  const files = [...new Set(stages.flatMap(({ reads }) => reads))]
  const nodes = [
    ...files.map((key) => ({ id: fileId(key), after: [] })),
    ...stages.map(({ id, after, reads }) => ({ id, after: [...reads.map(fileId), ...after] })),
  ]
  const { width, height, nodes: placed, edges } = layered(nodes, size, isNarrow ? 'down' : 'right')
  const at = new Map(placed.map((one) => [one.id, one]))
  const isDone = (id: string): boolean =>
    id.startsWith('file/') || stages.find((one) => one.id === id)?.state === 'done'
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must scroll by keyboard too
    <section className="graph" aria-label={label} tabIndex={0}>
      <svg
        viewBox={`${-margin} ${-margin} ${width + 2 * margin} ${height + 2 * margin}`}
        style={{ width: width + 2 * margin, minWidth: leastScale * (width + 2 * margin) }}
      >
        <title>{label}</title>
        <defs>
          <marker id={marker} viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
            <path d="M0 0L8 4L0 8z" className="graph-tip" />
          </marker>
        </defs>
        {edges.map(({ from, to, path }) => (
          <path
            key={`${from} ${to}`}
            d={path}
            className={isDone(from) ? 'graph-edge done' : 'graph-edge'}
            markerEnd={`url(#${marker})`}
          />
        ))}
        {files.map((key) => (
          <g key={key} transform={placeOf(at.get(fileId(key)))}>
            <rect className="graph-file" y={fileAt} width={size.width} height={fileHeight} rx={fileHeight / 2} />
            <text className="graph-file-name" x={size.width / 2} y={fileAt + 27} textAnchor="middle">
              {shortened(key, size.width > 160 ? 22 : 18)}
            </text>
          </g>
        ))}
        {stages.map((stage) => (
          <g key={stage.id} transform={placeOf(at.get(stage.id))}>
            {link(stage.id, <Stage stage={stage} size={size} />)}
          </g>
        ))}
      </svg>
    </section>
  )
}

function Stage({ stage: { id, kind, state, words, progress }, size }: { stage: GraphStage; size: Box }) {
  const columns = Math.floor((size.width - 2 * inset + tile.pitch - tile.size) / tile.pitch)
  return (
    <g className={`graph-stage ${state}`}>
      {kind === 'map' && <rect className="graph-behind" x={5} y={-5} width={size.width} height={size.height} rx={10} />}
      <rect className="graph-box" width={size.width} height={size.height} rx={10} />
      <text className="graph-name" x={inset} y={25}>
        {shortened(id, size.width > 160 ? 20 : 16)}
      </text>
      <text className="graph-words" x={inset} y={45}>
        {words}
      </text>
      {tilesOf(progress, columns * tile.rows).map((lit, n) => (
        <rect
          // biome-ignore lint/suspicious/noArrayIndexKey: a tile is its place
          key={n}
          className={`graph-tile ${lit}`}
          x={inset + (n % columns) * tile.pitch}
          y={58 + Math.floor(n / columns) * tile.pitch}
          width={tile.size}
          height={tile.size}
          rx={1.5}
        />
      ))}
    </g>
  )
}

const fileId = (key: string): string => `file/${key}`
const placeOf = (at: { x: number; y: number } | undefined): string => `translate(${at?.x ?? 0} ${at?.y ?? 0})`
const shortened = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text)
