import { useId, useState } from 'react'
import { outboundLimits, readOrigins } from '../../activity/outbound.ts'
import { useDonation, useShell } from '../app/use-mesh.ts'

const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line.trim() !== '')

/** What programs may fetch through this browser: nothing, unless a person lists it. */
export function Outbound() {
  const { donation } = useShell()
  const { origins } = useDonation().settings
  const id = useId()
  const [typed, setTyped] = useState(() => origins.join('\n'))
  const read = readOrigins(linesOf(typed))
  const change = (text: string): void => {
    setTyped(text)
    const next = readOrigins(linesOf(text))
    if (next.ok) donation.change({ origins: next.value })
  }
  return (
    <details className="disclosure" open={origins.length > 0 || undefined}>
      <summary>{origins.length > 0 ? 'Programs may fetch from some addresses' : 'Programs reach no network'}</summary>
      <div className="field">
        <label htmlFor={id}>Addresses that programs may fetch from, one a line</label>
        <textarea
          id={id}
          rows={2}
          spellCheck={false}
          autoComplete="off"
          placeholder="https://api.example.org"
          value={typed}
          aria-invalid={!read.ok}
          aria-describedby={`${id}-hint`}
          onChange={(event) => change(event.currentTarget.value)}
        />
        <small id={`${id}-hint`} className="soft">
          {read.ok
            ? 'Leave it empty unless somebody whose work you want to help names one.'
            : `At most ${outboundLimits.origins}, each like https://api.example.org, with nothing behind it.`}
        </small>
      </div>
      <p className="small soft">
        Whoever runs such an address sees your IP address and takes the requests for yours. Nothing of yours goes along:
        no cookies, no sign-in. What comes back is read by the program and by whoever sent it. It works only with
        addresses that let other sites ask them (CORS), and it counts as data.
      </p>
    </details>
  )
}
