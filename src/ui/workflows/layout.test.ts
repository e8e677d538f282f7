import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type GraphNode, layered } from './layout.ts'

const box = { width: 100, height: 50, between: 40, beside: 10 }
const graph = (text: string): GraphNode[] =>
  text.split(' ').map((part) => {
    const [id = '', after = ''] = part.split('<')
    return { id, after: after ? after.split('+') : [] }
  })
const placesOf = (text: string, direction: 'right' | 'down' = 'right') =>
  Object.fromEntries(layered(graph(text), box, direction).nodes.map(({ id, x, y }) => [id, [x, y]]))

describe('the picture of a graph', () => {
  it('has each stage behind those that it reads, to the right or downwards', () => {
    expect(placesOf('a b<a c<b')).toEqual({ a: [0, 0], b: [140, 0], c: [280, 0] })
    expect(placesOf('a b<a', 'down')).toEqual({ a: [0, 0], b: [0, 90] })
    expect(layered(graph('a b<a c<b'), box, 'right')).toMatchObject({ width: 380, height: 50 })
  })

  it('has branches side by side, and what brings them together in the middle', () => {
    expect(placesOf('a b<a c<a d<b+c')).toEqual({ a: [0, 30], b: [140, 0], c: [140, 60], d: [280, 30] })
    expect(layered(graph('a b<a'), box, 'right').edges).toEqual([
      { from: 'a', to: 'b', path: 'M100 25C120 25 120 25 140 25' },
    ])
  })

  it('keeps branches that do not cross apart', () => {
    const { a, b, c, d } = placesOf('a b d<b c<a')
    expect(Math.sign(a![1]! - b![1]!)).toBe(Math.sign(c![1]! - d![1]!))
  })

  it('shows a circle, or a stage that reads what is not there, without hanging', () => {
    expect(layered(graph('a<b b<a'), box, 'right').nodes).toHaveLength(2)
    expect(layered(graph('a<a b<gone'), box, 'right').edges.map(({ from }) => from)).toEqual(['a'])
    expect(layered([], box, 'right')).toMatchObject({ width: 0, nodes: [], edges: [] })
  })

  it('never lays one node upon another', () => {
    const reads = fc.array(fc.array(fc.nat(11), { maxLength: 4 }), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(reads, fc.constantFrom('right' as const, 'down' as const), (all, direction) => {
        const nodes = all.map((after, n) => ({ id: `${n}`, after: after.map((one) => `${one}`) }))
        const { nodes: placed, width, height } = layered(nodes, box, direction)
        expect(placed).toHaveLength(all.length)
        for (const one of placed) {
          expect(one.x >= 0 && one.y >= 0 && one.x + box.width <= width && one.y + box.height <= height).toBe(true)
          const upon = placed.filter(({ x, y }) => Math.abs(x - one.x) < box.width && Math.abs(y - one.y) < box.height)
          expect(upon).toHaveLength(1)
        }
      }),
    )
  })
})
