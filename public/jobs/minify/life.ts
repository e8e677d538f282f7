/** Conway's game of life on an endless plane: only the living cells are kept. */
export type Cell = { readonly x: number; readonly y: number }
export type World = ReadonlyMap<string, Cell>

const keyOf = ({ x, y }: Cell): string => `${x},${y}`

export const worldOf = (cells: Iterable<Cell>): World => new Map([...cells].map((cell) => [keyOf(cell), cell]))

function* neighboursOf({ x, y }: Cell): Generator<Cell> {
  for (let dy = -1; dy <= 1; dy++) {
    for (let dx = -1; dx <= 1; dx++) {
      if (dx !== 0 || dy !== 0) yield { x: x + dx, y: y + dy }
    }
  }
}

/** The next generation: born with three neighbours, living on with two or three. */
export function nextGeneration(world: World): World {
  const counted = new Map<string, { cell: Cell; count: number }>()
  for (const living of world.values()) {
    for (const cell of neighboursOf(living)) {
      const key = keyOf(cell)
      const entry = counted.get(key)
      if (entry) entry.count++
      else counted.set(key, { cell, count: 1 })
    }
  }
  const next = [...counted.values()].filter(({ cell, count }) => count === 3 || (count === 2 && world.has(keyOf(cell))))
  return worldOf(next.map(({ cell }) => cell))
}

export function draw(world: World, width: number, height: number): string {
  const rows: string[] = []
  for (let y = 0; y < height; y++) {
    let row = ''
    for (let x = 0; x < width; x++) row += world.has(keyOf({ x, y })) ? '■' : '·'
    rows.push(row)
  }
  return rows.join('\n')
}

export const glider: World = worldOf([
  { x: 1, y: 0 },
  { x: 2, y: 1 },
  { x: 0, y: 2 },
  { x: 1, y: 2 },
  { x: 2, y: 2 },
])
