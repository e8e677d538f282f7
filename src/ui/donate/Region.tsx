import { useId } from 'react'
import { mostRegionLength } from '../app/settings.ts'
import { useDonation, useShell } from '../app/use-mesh.ts'

/** Where this machine is, in its person's own words. */
export function Region() {
  const { donation } = useShell()
  const { region } = useDonation().settings
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>Region</label>
      <input
        id={id}
        autoComplete="off"
        spellCheck={false}
        maxLength={mostRegionLength}
        placeholder="Not said"
        value={region}
        onChange={(event) => donation.change({ region: event.currentTarget.value })}
      />
      <small className="soft">A word such as eu, if you like. Some ask for tabs of their region alone.</small>
    </div>
  )
}
