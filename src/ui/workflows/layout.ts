/** One node of a graph, and the nodes whose outputs it reads. */
export type GraphNode = { readonly id: string; readonly after: readonly string[] }
export type Placed = { readonly id: string; readonly x: number; readonly y: number }
export type Edge = { readonly from: string; readonly to: string; readonly path: string }
export type Layout = {
  readonly width: number
  readonly height: number
  readonly nodes: readonly Placed[]
  readonly edges: readonly Edge[]
}
export type Box = { readonly width: number; readonly height: number; readonly between: number; readonly beside: number }

/**
 * Draws a graph in layers: a node stands one layer behind the last of those it reads, and within its layer near them. What
 * goes round in a circle stands as far as it comes.
 * @param box of one node; `between` two layers, `beside` two nodes of one
 * @param direction in which the arrows go
 */
export function layered(nodes: readonly GraphNode[], box: Box, direction: 'right' | 'down'): Layout {
  const layers = inOrder(layersOf(nodes))
  const isRight = direction === 'right'
  const along = (isRight ? box.width : box.height) + box.between
  const across = (isRight ? box.height : box.width) + box.beside
  const most = Math.max(1, ...layers.map(({ length }) => length))
  const placed = new Map<string, Placed>()
  for (const [depth, layer] of layers.entries())
    for (const [row, { id }] of layer.entries()) {
      const beside = (row + (most - layer.length) / 2) * across
      placed.set(id, { id, ...(isRight ? { x: depth * along, y: beside } : { x: beside, y: depth * along }) })
    }
  const edges = nodes.flatMap(({ id, after }) =>
    after.flatMap((from) => {
      const [start, end] = [placed.get(from), placed.get(id)]
      return start && end ? [{ from, to: id, path: curve(start, end, box, isRight) }] : []
    }),
  )
  const [long, wide] = [Math.max(0, layers.length * along - box.between), most * across - box.beside]
  return { width: isRight ? long : wide, height: isRight ? wide : long, nodes: [...placed.values()], edges }
}

function layersOf(nodes: readonly GraphNode[]): GraphNode[][] {
  const known = new Set(nodes.map(({ id }) => id))
  const depths = new Map<string, number>()
  // The longest way through is as long as there are nodes: after so many rounds only a circle would still grow.
  for (let round = 0; round < nodes.length; round++)
    for (const { id, after } of nodes) {
      const before = after.flatMap((one) => (known.has(one) && one !== id ? [depths.get(one) ?? 0] : []))
      depths.set(id, Math.min(nodes.length - 1, before.length > 0 ? Math.max(...before) + 1 : 0))
    }
  const layers: GraphNode[][] = []
  for (const node of nodes) {
    const depth = depths.get(node.id) ?? 0
    layers[depth] = [...(layers[depth] ?? []), node]
  }
  return layers.flatMap((layer) => (layer ? [layer] : []))
}

/** Puts each node where the mean of those that it reads stands, one layer after the other. */
function inOrder(layers: readonly GraphNode[][]): GraphNode[][] {
  const rows = new Map<string, number>()
  return layers.map((layer, depth) => {
    const wish = (node: GraphNode, row: number): number => {
      const before = node.after.flatMap((id) => rows.get(id) ?? [])
      return depth > 0 && before.length > 0 ? before.reduce((sum, at) => sum + at, 0) / before.length : row
    }
    const wished = layer.map((node, row) => ({ node, row, at: wish(node, row) }))
    const sorted = wished.sort((a, b) => a.at - b.at || a.row - b.row).map(({ node }) => node)
    for (const [row, { id }] of sorted.entries()) rows.set(id, row - (sorted.length - 1) / 2)
    return sorted
  })
}

function curve(from: Placed, to: Placed, { width, height }: Box, isRight: boolean): string {
  const start = isRight ? [from.x + width, from.y + height / 2] : [from.x + width / 2, from.y + height]
  const end = isRight ? [to.x, to.y + height / 2] : [to.x + width / 2, to.y]
  const [[a = 0, b = 0], [c = 0, d = 0]] = [start, end]
  const half = isRight ? (a + c) / 2 : (b + d) / 2
  return isRight ? `M${a} ${b}C${half} ${b} ${half} ${d} ${c} ${d}` : `M${a} ${b}C${a} ${half} ${c} ${half} ${c} ${d}`
}
