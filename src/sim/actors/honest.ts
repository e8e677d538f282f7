import type { Actor } from './actor.ts'

export const honest: Actor = { name: 'honest', isHonest: true }
