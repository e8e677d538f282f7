import { expect, it } from 'vitest'
import { aCid } from '../../market/market.examples.ts'
import { createDecodedFrames, type DecodedFrame } from './decoded-frames.ts'

const [job, another] = [aCid('job'), aCid('another')]
const frame = (first: number, of = job): DecodedFrame => ({
  job: of,
  first,
  end: first + 10,
  tasks: [],
  sizeBytes: 100,
})
const firsts = (frames: ReturnType<typeof createDecodedFrames>, ...asked: number[]) =>
  asked.map((index) => frames.holding(job, index)?.first)

it('a frame is found by any task in it, of its own job', () => {
  const frames = createDecodedFrames({ mostFrames: 4, mostBytes: 1_000 })
  frames.keep(frame(0))
  frames.keep(frame(10))
  frames.keep(frame(20, another))
  expect(firsts(frames, 0, 9, 10, 19, 20)).toEqual([0, 0, 10, 10, undefined])
  frames.drop(job, 10)
  expect(firsts(frames, 9, 10)).toEqual([undefined, 10])
})

it('the frame that was asked for longest ago goes first, by number and by size', () => {
  const few = createDecodedFrames({ mostFrames: 2, mostBytes: 1_000 })
  const small = createDecodedFrames({ mostFrames: 9, mostBytes: 250 })
  for (const frames of [few, small]) {
    frames.keep(frame(0))
    frames.keep(frame(10))
    frames.holding(job, 0)
    frames.keep(frame(20))
    expect(firsts(frames, 0, 10, 20)).toEqual([0, undefined, 20])
  }
})

it('one that is larger than all that may be kept is kept alone', () => {
  const frames = createDecodedFrames({ mostFrames: 9, mostBytes: 50 })
  frames.keep(frame(0))
  frames.keep(frame(10))
  expect(firsts(frames, 0, 10)).toEqual([undefined, 10])
})
