import { PriorityQueue } from './heap.js'

/**
 * The cheapest way through a weighted graph (Dijkstra, 1959).
 *
 * @param {Map<string, Map<string, number>>} graph  place → neighbour → cost, never negative
 * @param {string} start
 * @param {string} goal
 * @returns {{ cost: number, places: string[] } | undefined}  undefined where no way leads there
 */
export function cheapestPath(graph, start, goal) {
  const costs = new Map([[start, 0]])
  const cameFrom = new Map()
  const settled = new Set()
  const open = new PriorityQueue()
  open.push(start, 0)

  while (open.size > 0) {
    const place = open.pop()
    if (place === goal) return { cost: costs.get(goal), places: wayBack(cameFrom, goal) }
    if (settled.has(place)) continue
    settled.add(place)
    for (const [neighbour, step] of graph.get(place) ?? []) {
      if (step < 0) throw new RangeError(`a negative cost from ${place} to ${neighbour}: ${step}`)
      const cost = costs.get(place) + step
      const known = costs.get(neighbour)
      if (known !== undefined && known <= cost) continue
      costs.set(neighbour, cost)
      cameFrom.set(neighbour, place)
      open.push(neighbour, cost)
    }
  }
  return undefined
}

function wayBack(cameFrom, goal) {
  const places = [goal]
  while (cameFrom.has(places[0])) places.unshift(cameFrom.get(places[0]))
  return places
}

/** A square maze of walls (#) and floor (.) as a graph of its floor. */
export function graphOfMaze(text) {
  const rows = text.trim().split('\n')
  const graph = new Map()
  const isFloor = (x, y) => rows[y]?.[x] === '.'
  const name = (x, y) => `${x},${y}`
  const steps = [
    [1, 0],
    [0, 1],
    [-1, 0],
    [0, -1],
  ]
  rows.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      if (!isFloor(x, y)) continue
      const neighbours = steps.filter(([dx, dy]) => isFloor(x + dx, y + dy))
      graph.set(name(x, y), new Map(neighbours.map(([dx, dy]) => [name(x + dx, y + dy), 1])))
    }
  })
  return graph
}
