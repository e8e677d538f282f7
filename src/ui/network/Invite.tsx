import { useCallback, useState } from 'react'
import { chosenRelays, inviteLink, servedRelays } from '../app/relays.ts'
import { CopyButton } from '../parts/CopyButton.tsx'
import { useLoaded } from '../parts/use-loaded.ts'

/** The link that brings somebody else here, and its picture for a phone. */
export function Invite() {
  const link = useLoaded(
    useCallback(async () => {
      const [relays, served] = await Promise.all([chosenRelays(location.search), servedRelays()])
      return inviteLink(location.origin, relays, served)
    }, []),
  )
  if (link.kind !== 'ready') return null
  const isLocal = /^https?:\/\/(localhost|127\.|\[::1\])/.test(link.value)
  return (
    <aside className="card invite" aria-labelledby="invite-title">
      <h2 id="invite-title">Invite</h2>
      <p className="soft small">Whoever opens this address joins the same network.</p>
      <p className="address">
        <code>{link.value}</code>
      </p>
      <span className="row">
        <CopyLink link={link.value} />
        {!isLocal && <Code link={link.value} />}
      </span>
      {isLocal && (
        <p className="small amber-words">
          This address leads to this machine only. For others, start with{' '}
          <code className="whole">npm start -- --host</code>.
        </p>
      )}
    </aside>
  )
}

function CopyLink({ link }: { link: string }) {
  return (
    <CopyButton text={link} label="Copy the invitation">
      <span className="button">Copy</span>
    </CopyButton>
  )
}

function Code({ link }: { link: string }) {
  const [path, setPath] = useState<{ readonly d: string; readonly size: number }>()
  const show = async (): Promise<void> => {
    const { encode } = await import('uqr')
    const { data, size } = encode(link, { border: 2 })
    const d = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : []))).join('')
    setPath({ d, size })
  }
  if (!path) {
    return (
      <button type="button" className="button" onClick={show}>
        Show for a phone
      </button>
    )
  }
  return (
    <svg className="qr" viewBox={`0 0 ${path.size} ${path.size}`} role="img" aria-label="The invitation as a QR code">
      <rect width={path.size} height={path.size} fill="#fff" />
      <path d={path.d} fill="#000" shapeRendering="crispEdges" />
    </svg>
  )
}
