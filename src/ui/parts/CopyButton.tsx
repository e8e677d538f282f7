import { type ReactNode, useState } from 'react'

/** Copies `text`; says so where it stands, for 1.5 s, which is long enough to be read. */
export function CopyButton({ text, label, children }: { text: string; label: string; children: ReactNode }) {
  const [said, setSaid] = useState<string>()
  const copy = async (): Promise<void> => {
    const outcome = await navigator.clipboard.writeText(text).then(
      () => 'Copied',
      () => 'Copying is not allowed here',
    )
    setSaid(outcome)
    setTimeout(() => setSaid(undefined), 1_500)
  }
  return (
    <button type="button" className="copy" onClick={copy} aria-label={label} title={text}>
      {children}
      <span className="copied" role="status">
        {said}
      </span>
    </button>
  )
}
