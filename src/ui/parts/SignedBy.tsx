import { Peer } from './Peer.tsx'

/** Who put their name to a program: nothing where nobody did. */
export function SignedBy({ signers = [] }: { signers?: readonly string[] | undefined }) {
  if (signers.length === 0) return null
  return (
    <span className="signed-by">
      signed by{' '}
      {signers.map((signer) => (
        <Peer key={signer} id={signer} />
      ))}
    </span>
  )
}
