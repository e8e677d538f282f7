import { expect, it } from 'vitest'
import { frameCutter, framed, uvarint } from './frames.ts'

const cutAll = (bytes: Uint8Array, step: number, most = 1_000_000): Uint8Array[] => {
  const frames: Uint8Array[] = []
  const cut = frameCutter(most, (frame) => frames.push(frame))
  for (let at = 0; at < bytes.length; at += step) cut(bytes.subarray(at, at + step))
  return frames
}

it('frames come out as they went in, however the bytes are torn', () => {
  const frames = [0, 1, 127, 128, 300, 20_000].map((size) => new Uint8Array(size).fill(size))
  const wire = new Uint8Array(frames.flatMap((frame) => [...framed(frame)]))
  for (const step of [1, 2, 3, 130, 7_000, wire.length]) expect(cutAll(wire, step)).toEqual(frames)
})
it('a frame that came in one piece is a view of it, and no copy', () => {
  const wire = new Uint8Array([...framed(new Uint8Array(300).fill(1)), ...framed(new Uint8Array(5).fill(2))])
  expect(cutAll(wire, wire.length).map(({ buffer }) => buffer)).toEqual([wire.buffer, wire.buffer])
})
it('a frame over the limit is refused before it is kept', () => {
  expect(() => cutAll(uvarint(101), 1, 100)).toThrow('a frame of 101 bytes')
  expect(() => cutAll(new Uint8Array(9).fill(0xff), 1)).toThrow('no end')
})
