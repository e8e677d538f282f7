import { useId, useState } from 'react'
import { microPerCredit } from '../../kernel/amount.ts'
import type { Mesh } from '../../sdk/api.ts'
import type { PriceName, Prices } from '../app/settings.ts'
import { useDonation, useMesh, useShell } from '../app/use-mesh.ts'
import { credits, creditsTyped } from '../parts/credits.ts'
import { Term } from '../parts/Term.tsx'
import { WithMesh } from '../parts/WithMesh.tsx'

const providerView = (mesh: Mesh) => mesh.provider()

/** How people say a price: for how many of the units that are counted, and what one of those then costs. */
type Said = { readonly name: PriceName; readonly label: string; readonly units: number; readonly each: string }
const time: Said = { name: 'perSecond', label: 'Credits for an hour of one thread', units: 3_600, each: 'a second' }
const fuel: Said = { name: 'perGigaFuel', label: 'Credits for 1 T of fuel', units: 1_000, each: 'for 1 G' }
const others: readonly Said[] = [
  { name: 'perStart', label: 'Credits for each start', units: 1, each: 'a start' },
  { name: 'perGibMemory', label: 'Credits for a GiB of memory', units: 1, each: 'a GiB' },
  { name: 'perMibIn', label: 'Credits for a GiB received', units: 1_024, each: 'a MiB' },
  { name: 'perMibOut', label: 'Credits for a GiB sent', units: 1_024, each: 'a MiB' },
  { name: 'perMegaHostUnits', label: 'Credits for 1 G of host calls', units: 1_000, each: 'for 1 M' },
]

const hasPrice = (prices: Prices, said: readonly Said[]): boolean => said.some(({ name }) => prices[name] > 0)

/** Free unless a price is set; then what is owed and what is settled. */
export function Price() {
  const { prices } = useDonation().settings
  const isSold = hasPrice(prices, [time, fuel, ...others])
  return (
    <details className="disclosure" open={isSold || undefined}>
      <summary>{isSold ? 'You work for credits' : 'Free. Ask for credits instead'}</summary>
      <PriceField said={time} />
      <PriceField said={fuel} />
      <p className="small soft">
        <Term word="fuel">Fuel</Term> can be checked by anybody, time cannot. What you price both ways is paid both
        ways.
      </p>
      <details className="disclosure" open={hasPrice(prices, others) || undefined}>
        <summary>Other prices</summary>
        {others.map((said) => (
          <PriceField key={said.name} said={said} />
        ))}
      </details>
      <p className="small soft">
        {isSold ? 'Those who ask for donated work pass you by.' : 'All empty or 0: you give it away.'}
      </p>
      <WithMesh instead={null}>
        <Earned />
      </WithMesh>
    </details>
  )
}

function PriceField({ said: { name, label, units, each } }: { said: Said }) {
  const { donation } = useShell()
  const { prices } = useDonation().settings
  const id = useId()
  const [typed, setTyped] = useState(() => typedAs(prices[name], units))
  const change = (text: string): void => {
    setTyped(text)
    const micro = creditsTyped(text === '' ? '0' : text)
    if (micro !== undefined) donation.change({ prices: { ...prices, [name]: Math.round(Number(micro) / units) } })
  }
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        inputMode="decimal"
        autoComplete="off"
        placeholder="0"
        value={typed}
        aria-invalid={typed !== '' && creditsTyped(typed) === undefined}
        onChange={(event) => change(event.currentTarget.value)}
      />
      {prices[name] > 0 && units > 1 && (
        <small className="soft">
          {credits(BigInt(prices[name]))} {each}.
        </small>
      )}
    </div>
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

const typedAs = (micro: number, units: number): string =>
  micro === 0 ? '' : String((micro * units) / Number(microPerCredit))
