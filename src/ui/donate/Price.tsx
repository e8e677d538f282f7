import { useId, useState } from 'react'
import { microPerCredit } from '../../kernel/amount.ts'
import type { Mesh } from '../../sdk/api.ts'
import { useDonation, useMesh, useShell } from '../app/use-mesh.ts'
import { credits, creditsTyped } from '../parts/credits.ts'
import { WithMesh } from '../parts/WithMesh.tsx'

const providerView = (mesh: Mesh) => mesh.provider()
const hourSeconds = 3_600

/** Free unless a price is set; then what is owed and what is settled. */
export function Price() {
  const { donation } = useShell()
  const { settings } = useDonation()
  const id = useId()
  const [typed, setTyped] = useState(() => hourlyCredits(settings.pricePerSecond))
  const price = creditsTyped(typed)
  const change = (text: string): void => {
    setTyped(text)
    const micro = creditsTyped(text === '' ? '0' : text)
    if (micro !== undefined) donation.change({ pricePerSecond: Math.round(Number(micro) / hourSeconds) })
  }
  return (
    <details className="disclosure" open={settings.pricePerSecond > 0 || undefined}>
      <summary>{settings.pricePerSecond > 0 ? 'You work for credits' : 'Free. Ask for credits instead'}</summary>
      <div className="field">
        <label htmlFor={id}>Credits for an hour of one thread</label>
        <input
          id={id}
          inputMode="decimal"
          autoComplete="off"
          value={typed}
          aria-invalid={typed !== '' && price === undefined}
          onChange={(event) => change(event.currentTarget.value)}
        />
        <p className="small soft">
          {settings.pricePerSecond > 0
            ? `${credits(BigInt(settings.pricePerSecond))} a second. Those who ask for donated work pass you by.`
            : 'Empty or 0: you give it away.'}
        </p>
      </div>
      <WithMesh instead={null}>
        <Earned />
      </WithMesh>
    </details>
  )
}

function Earned() {
  const { owed, settled } = useMesh(providerView)
  return (
    <p className="small pair money">
      <span>
        Owed to you <strong className="number">{credits(owed)}</strong>
      </span>
      <span>
        Settled <strong className="number">{credits(settled)}</strong>
      </span>
    </p>
  )
}

const hourlyCredits = (microPerSecond: number): string =>
  microPerSecond === 0 ? '' : String((microPerSecond * hourSeconds) / Number(microPerCredit))
