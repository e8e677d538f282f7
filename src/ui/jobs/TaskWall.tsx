import { useEffect, useRef } from 'react'
import type { JobView } from '../../sdk/api.ts'
import { useScheme } from '../parts/use-scheme.ts'
import type { Collected } from './collect.ts'
import { type Painted, paintWall } from './paint-wall.ts'

/** The job as a wall: a tile for each task, which lights when its result is there. */
export function TaskWall({ job, collected }: { job: JobView; collected: Collected }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const painted = useRef<Painted>(undefined)
  const { total, done, failed } = job.progress
  const { states, version } = collected
  const underWay = job.outcome ? [] : job.lanes.flatMap(({ inFlight }) => inFlight)
  const scheme = useScheme()
  const shown = useRef({ states, total, underWay })
  shown.current = { states, total, underWay }
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` tells that `states`, which changes in place, has changed
  useEffect(() => {
    if (canvas.current) painted.current = paintWall(canvas.current, shown.current, painted.current)
  }, [version, states, total, scheme, underWay.join()])
  useEffect(() => {
    const element = canvas.current
    if (!element) return
    const observer = new ResizeObserver(() => {
      painted.current = paintWall(element, shown.current, painted.current)
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return (
    <canvas
      ref={canvas}
      className="task-wall"
      role="img"
      aria-label={`${total} tasks as tiles: ${done} done, ${failed} of them failed`}
    />
  )
}
