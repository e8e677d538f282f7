import type { Actor } from './actor.ts'

/** Takes tasks and keeps what they gave. */
export const withholder: Actor = { name: 'withholder', isHonest: false, answers: false }
