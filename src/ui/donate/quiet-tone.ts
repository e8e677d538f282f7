/** A tone that nobody hears. Playing it, a hidden tab keeps its clock: browsers slow silent ones down. */
export type QuietTone = {
  /** Begins to play; a browser may wait for the next press or key on the page before it lets it sound. */
  start(): void
  stop(): void
}

/** Below what small loudspeakers give back, at a thousandth of full strength. */
const pitchHz = 30
const gain = 0.001

/** @param changed is told whether it sounds, and false where the browser still waits for a press */
export function createQuietTone(changed: (isPlaying: boolean) => void): QuietTone {
  let context: AudioContext | undefined
  const resume = (): void => void context?.resume().catch(() => {})
  const unlisten = (): void => {
    for (const kind of gestures) removeEventListener(kind, resume, true)
  }
  return {
    start() {
      if (context || typeof AudioContext !== 'function') return
      const opened = new AudioContext({ latencyHint: 'playback' })
      context = opened
      const tone = new OscillatorNode(opened, { frequency: pitchHz })
      tone.connect(new GainNode(opened, { gain })).connect(opened.destination)
      tone.start()
      for (const kind of gestures) addEventListener(kind, resume, true)
      opened.onstatechange = () => {
        if (opened.state === 'running') unlisten()
        changed(opened.state === 'running')
      }
      resume()
    },
    stop() {
      unlisten()
      void context?.close().catch(() => {})
      context = undefined
      changed(false)
    },
  }
}

/** What browsers take for a person's word that a page may sound. */
const gestures = ['pointerdown', 'keydown'] as const
