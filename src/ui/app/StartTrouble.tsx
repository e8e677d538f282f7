import { FailureNotice, Notice } from '../parts/Notice.tsx'
import { useNode, useShell } from './use-mesh.ts'

/** Why there is no node, and what to do about it. Nothing while it starts or runs. */
export function StartTrouble() {
  const { node } = useShell()
  const state = useNode()
  if (state.kind === 'failed') {
    return (
      <FailureNotice failure={state.failure}>
        <button type="button" className="button" onClick={() => node.join()}>
          Try again
        </button>
      </FailureNotice>
    )
  }
  if (state.kind === 'offline') {
    return (
      <Notice tone="amber">
        <p>
          <strong>This page stays offline.</strong> No other tab sees you, and nothing runs here.
        </p>
        <button type="button" className="button" onClick={() => node.join()}>
          Join the network
        </button>
      </Notice>
    )
  }
  return state.kind === 'insecure' ? <Insecure /> : null
}

function Insecure() {
  return (
    <Notice tone="red">
      <p>
        <strong>This address is not secure, so the page cannot start.</strong> Browsers give a page its keys only over
        HTTPS or on the machine itself.
      </p>
      <p>
        On this machine, open <code>http://localhost</code> with the same port. From another one, start the server with{' '}
        <code className="whole">npm start -- --host</code> and open the <code>https://</code> address that it prints.
      </p>
      <p className="soft small">
        Code <code>insecure-context</code> · {location.origin}
      </p>
    </Notice>
  )
}
