/** What a wall shows: by task 0 not done, 1 done, 2 failed; and those under way. */
export type Shown = { readonly states: Uint8Array; readonly total: number; readonly underWay: readonly number[] }

/** What stands on a canvas, so that the next time only what differs is painted. */
export type Painted = { readonly look: string; readonly cells: Uint8Array }

/** Pixels of a tile with its gap, the largest that fits: ten thousand of 6 fit into 240 × 1,500. */
const pitches = [26, 20, 16, 12, 9, 7, 5, 4, 3]
const mostHeight = 240
const underWayState = 3

/** Paints the tiles that differ from `before`, or all of them where size or colours have changed. */
export function paintWall(canvas: HTMLCanvasElement, shown: Shown, before: Painted | undefined): Painted | undefined {
  const { pitch, columns, rows } = measures(canvas.clientWidth, shown.total)
  const style = getComputedStyle(canvas)
  const colours = ['--tile', '--green', '--red'].map((name) => style.getPropertyValue(name))
  const look = [canvas.clientWidth, pitch, columns, rows, devicePixelRatio, ...colours].join(' ')
  const context = canvas.getContext('2d')
  if (!context) return undefined
  const cells = cellsOf(shown, Math.min(shown.total, rows * columns))
  const isSame = before?.look === look
  if (!isSame) resize(canvas, Math.max(pitch, rows * pitch))
  const side = pitch - Math.max(1, Math.round(pitch / 7))
  context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
  for (let index = 0; index < cells.length; index++) {
    const state = cells[index] ?? 0
    if (isSame && before.cells[index] === state) continue
    const x = (index % columns) * pitch
    const y = Math.floor(index / columns) * pitch
    context.clearRect(x, y, pitch, pitch)
    context.fillStyle = colours[state % underWayState] ?? ''
    if (state < 2) context.fillRect(x, y, side, side)
    else frame(context, { x, y, side, colour: colours[state === underWayState ? 1 : 2] ?? '' })
  }
  return { look, cells }
}

function measures(width: number, total: number): { pitch: number; columns: number; rows: number } {
  const fits = (pitch: number): boolean => Math.ceil(total / Math.floor(width / pitch)) * pitch <= mostHeight
  const pitch = pitches.find(fits) ?? 3
  const columns = Math.max(1, Math.floor(width / pitch))
  return { pitch, columns, rows: Math.min(Math.ceil(total / columns), Math.floor(mostHeight / pitch)) }
}

function cellsOf({ states, underWay }: Shown, count: number): Uint8Array {
  const cells = new Uint8Array(count)
  cells.set(states.subarray(0, count))
  for (const index of underWay) if (index < count && cells[index] === 0) cells[index] = underWayState
  return cells
}

function resize(canvas: HTMLCanvasElement, height: number): void {
  canvas.style.height = `${height}px`
  canvas.width = Math.round(canvas.clientWidth * devicePixelRatio)
  canvas.height = Math.round(height * devicePixelRatio)
}

type Frame = { readonly x: number; readonly y: number; readonly side: number; readonly colour: string }

/** A hollow tile: failed, or under way. */
function frame(context: CanvasRenderingContext2D, { x, y, side, colour }: Frame): void {
  context.strokeStyle = colour
  context.lineWidth = Math.min(2, side / 3)
  const inset = context.lineWidth / 2
  context.strokeRect(x + inset, y + inset, side - 2 * inset, side - 2 * inset)
}
