import { Peer } from './Peer.tsx'

type SignedByProps = { readonly signers?: readonly string[] | undefined; readonly words?: string }

/** Who put their name to a program: nothing where nobody did. */
export function SignedBy({ signers = [], words = 'Signed by' }: SignedByProps) {
  if (signers.length === 0) return null
  return (
    <span className="signed-by">
      {words}
      {signers.map((signer) => (
        <Peer key={signer} id={signer} />
      ))}
    </span>
  )
}
