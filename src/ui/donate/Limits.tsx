import { useId } from 'react'
import type { Mesh } from '../../sdk/api.ts'
import { useDonation, useMesh, useNode, useShell } from '../app/use-mesh.ts'
import { Bar } from '../parts/Bar.tsx'
import { bytes, counted, percent } from '../parts/format.ts'
import { Switch } from '../parts/Switch.tsx'
import { WithMesh } from '../parts/WithMesh.tsx'
import { AwakeSwitches } from './AwakeSwitches.tsx'
import { Outbound } from './Outbound.tsx'
import { Price } from './Price.tsx'
import { Region } from './Region.tsx'

const providerView = (mesh: Mesh) => mesh.provider()
/** MB a day. */
const caps = [0, 100, 500, 1_000, 5_000, 20_000]

/** What this page may take, with what it takes beside it. */
export function Limits() {
  const { donation, node } = useShell()
  const { settings } = useDonation()
  const state = useNode()
  const sliderId = useId()
  const capId = useId()
  return (
    <section className="card limits" aria-labelledby={`${sliderId}-title`}>
      <h2 id={`${sliderId}-title`}>Your limits</h2>
      <div className="field">
        <label htmlFor={sliderId}>
          Processor: at most <output className="number">{percent(settings.cpuShare)}</output>
        </label>
        <input
          id={sliderId}
          type="range"
          min={5}
          max={100}
          step={5}
          value={Math.round(settings.cpuShare * 100)}
          onChange={(event) => donation.change({ cpuShare: Number(event.currentTarget.value) / 100 })}
        />
        <WithMesh instead={null}>
          <Share />
        </WithMesh>
      </div>
      <Switch
        isOn={settings.readyMadeOnly}
        onChange={(readyMadeOnly) => donation.change({ readyMadeOnly })}
        hint="Run only the programs that come with this page, nobody’s own."
      >
        Ready-made programs only
      </Switch>
      <div className="field inline">
        <label htmlFor={capId}>Data a day, at most</label>
        <select
          id={capId}
          value={settings.dataCapMb}
          onChange={(event) => donation.change({ dataCapMb: Number(event.currentTarget.value) })}
        >
          {caps.map((cap) => (
            <option key={cap} value={cap}>
              {cap === 0 ? 'No cap' : bytes(cap * 1e6)}
            </option>
          ))}
        </select>
      </div>
      <Price />
      <Region />
      <Outbound />
      <AwakeSwitches />
      <Switch
        isOn={state.kind === 'offline'}
        isDisabled={state.kind === 'insecure'}
        onChange={(isOffline) => void (isOffline ? node.stayOffline() : node.join())}
        hint="Leave the network: no other tab sees you."
      >
        Stay offline
      </Switch>
    </section>
  )
}

/** Target and actual, side by side. */
function Share() {
  const { isOn, actualShare, targetShare, threads, usedDataBytes } = useMesh(providerView)
  const { settings } = useDonation()
  const data = settings.dataCapMb > 0 && <p className="small soft">Data today: {bytes(usedDataBytes)}</p>
  if (!isOn) {
    return (
      <>
        <p className="soft small">Nothing is used while you do not donate.</p>
        {data}
      </>
    )
  }
  return (
    <>
      <Bar
        value={actualShare}
        most={1}
        target={targetShare}
        label={`Used ${percent(actualShare)}, target ${percent(targetShare)}`}
      />
      <p className="small pair">
        <span>
          Used over the last 30 s <strong className="number">{percent(actualShare)}</strong>
        </span>
        <span>
          Target <strong className="number">{percent(targetShare)}</strong> on {counted(threads, 'thread')}
        </span>
      </p>
      {data}
    </>
  )
}
