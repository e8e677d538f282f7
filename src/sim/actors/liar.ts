import type { Actor } from './actor.ts'

/** Makes up what tasks gave, and now and then signs a root that is over something else. */
export const liar: Actor = {
  name: 'liar',
  isHonest: false,
  tells: (result) => (result.index % 3 === 0 ? { ...result, stdout: new Uint8Array([0xba, 0xd0]) } : result),
  roots: (root, { rng }) => (rng.chance(300) ? new Uint8Array(32) : root),
}

/** Commits to what tasks gave, and shows something else. */
export const swapper: Actor = {
  name: 'swapper',
  isHonest: false,
  shows: (result) => (result.index % 3 === 0 ? { ...result, stdout: new Uint8Array([0xba, 0xd0]) } : result),
}

/** Makes up what tasks gave, each time the same and nobody else's, and signs for it as for any other. */
export const fabricator: Actor = {
  name: 'fabricator',
  isHonest: false,
  tells: (result, { index }) =>
    result.index % 3 === 0 && result.status === 'ok'
      ? { ...result, stdout: new Uint8Array([0xba, 0xd0, index]) }
      : result,
}
