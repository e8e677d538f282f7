import { useCallback } from 'react'
import type { Mesh } from '../../sdk/api.ts'
import type { JobReceiptView } from '../../sdk/receipts-api.ts'
import type { Did } from '../../wire/schema.ts'
import { useLooked } from '../app/use-looked.ts'
import { SignedTag } from '../jobs/SignedTag.tsx'
import { CopyButton } from '../parts/CopyButton.tsx'
import { counted, moment, shortId } from '../parts/format.ts'

/** As many as are read. */
const mostShown = 10

/** What the two have computed for each other, and who has signed it. */
export function Together({ did }: { did: Did }) {
  const [receipts] = useLooked(useCallback((mesh: Mesh) => mesh.receipts.withPeer(did), [did]))
  if (receipts.length === 0) return null
  return (
    <section className="stack" aria-labelledby="together-title">
      <div>
        <h2 id="together-title">Work together</h2>
        <p className="soft small">
          Whoever computes signs receipts. Whoever asked for it signs the last one too, when all results are there: then
          both can prove what was done.
        </p>
      </div>
      <ul className="plain small">
        {receipts.slice(0, mostShown).map((receipt) => (
          <Receipt key={receipt.id} receipt={receipt} isTheirs={receipt.body.author === did} />
        ))}
      </ul>
      {receipts.length > mostShown && <p className="soft">and {counted(receipts.length - mostShown, 'older one')}</p>}
    </section>
  )
}

function Receipt({ receipt, isTheirs }: { receipt: JobReceiptView; isTheirs: boolean }) {
  const { id, body, tasks } = receipt
  return (
    <li className="row list-entry">
      <SignedTag receipt={receipt} />
      <span>
        {counted(tasks, 'task')}, computed by {isTheirs ? 'it for you' : 'you for it'}
      </span>
      <span className="soft">{moment(body.issuedAt)}</span>
      <CopyButton text={id} label="Copy the name of the receipt">
        <code>{shortId(id)}</code>
      </CopyButton>
    </li>
  )
}
