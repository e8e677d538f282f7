/** One hostile program, tried in a sandbox of its own. */
export type BreakingAttempt = {
  readonly name: string
  /** What it tries, to stand behind "A program that". */
  readonly tries: string
  /** How it ended: the code of a refusal or of a task, or `harmless`. */
  readonly end: string
  /** Before it ran. */
  readonly isRefused: boolean
  /** It ended as it must, and a harmless one ran in its place afterwards. */
  readonly isWithstood: boolean
  readonly fuel: bigint
  readonly tookMs: number
}
export type SandboxApi = {
  /** Runs the corpus of hostile programs here, one after the other. Nobody else's work waits for it. */
  tryToBreak(): AsyncIterable<BreakingAttempt>
}
