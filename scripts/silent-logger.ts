/** In place of `@libp2p/logger` in a page. */
export type SilentLogger = (() => void) & {
  readonly enabled: false
  readonly error: () => void
  readonly trace: () => void
  readonly newScope: () => SilentLogger
}

const nothing = (): void => {}

export const logger = (): SilentLogger => silent
const silent: SilentLogger = Object.assign(() => {}, {
  enabled: false as const,
  error: nothing,
  trace: nothing,
  newScope: logger,
})
export const defaultLogger = () => ({ forComponent: logger })
export const prefixLogger = defaultLogger
export const peerLogger = defaultLogger
export const enable = nothing
export const disable = nothing
export const enabled = (): boolean => false
