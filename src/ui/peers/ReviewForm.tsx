import { type FormEvent, useCallback, useId, useState } from 'react'
import { mostCommentLength } from '../../reputation/messages.ts'
import type { Mesh } from '../../sdk/api.ts'
import type { JobReceiptView } from '../../sdk/receipts-api.ts'
import type { Cid } from '../../wire/cid.ts'
import type { Did } from '../../wire/schema.ts'
import { type Failure, failureOf } from '../app/failure.ts'
import { useLooked } from '../app/use-looked.ts'
import { useNodeHandle } from '../app/use-mesh.ts'
import { counted, moment, shortId } from '../parts/format.ts'
import { FailureNotice } from '../parts/Notice.tsx'
import { permilleOf, starWords } from './peer-words.ts'

/** Says of somebody how good it was, by a receipt of work done together. */
export function ReviewForm({ did }: { did: Did }) {
  const me = useNodeHandle().did
  const [receipts] = useLooked(useCallback((mesh: Mesh) => mesh.receipts.withPeer(did).map(choiceOf), [did]))
  if (did === me) return null
  return (
    <section className="stack" aria-labelledby="review-title">
      <h2 id="review-title">Say how it was</h2>
      {receipts.length === 0 ? (
        <p className="soft">You can review a tab once you have worked together.</p>
      ) : (
        <Form receipts={receipts} />
      )}
    </section>
  )
}

type Choice = { readonly id: Cid; readonly words: string }

const choiceOf = ({ id, body, tasks }: JobReceiptView): Choice => ({
  id,
  words: `${moment(body.issuedAt)}, ${counted(tasks, 'task')}, ${shortId(id)}`,
})

function Form({ receipts }: { receipts: readonly Choice[] }) {
  const { reputation } = useNodeHandle()
  const id = useId()
  const [chosen, setChosen] = useState<string>()
  const [stars, setStars] = useState(0)
  const [comment, setComment] = useState('')
  const [isSaid, setIsSaid] = useState(false)
  const [failure, setFailure] = useState<Failure>()
  const receipt = receipts.find((one) => one.id === chosen) ?? receipts[0]
  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (!receipt || stars === 0) return
    const said = await reputation
      .review({ receipt: receipt.id, permille: permilleOf(stars), comment: comment.trim() })
      .catch((cause: unknown) => ({ ok: false, ...failureOf(cause) }) as const)
    setFailure(said.ok ? undefined : { code: said.code, message: '' })
    setIsSaid(said.ok)
  }
  return (
    <form className="stack" onSubmit={send} onChange={() => setIsSaid(false)}>
      <div className="field">
        <label htmlFor={`${id}-receipt`}>For the work of</label>
        <select id={`${id}-receipt`} value={receipt?.id} onChange={(event) => setChosen(event.currentTarget.value)}>
          {receipts.map((one) => (
            <option key={one.id} value={one.id}>
              {one.words}
            </option>
          ))}
        </select>
      </div>
      <fieldset className="star-choice">
        <legend>How good was it?</legend>
        {starWords.map((words, at) => (
          <label key={words} className="choice">
            <input type="radio" name={`${id}-stars`} checked={stars === at + 1} onChange={() => setStars(at + 1)} />
            <span className="stars" aria-hidden="true">
              {'★'.repeat(at + 1)}
            </span>
            {words}
          </label>
        ))}
      </fieldset>
      <div className="field">
        <label htmlFor={`${id}-comment`}>In a sentence, if you like</label>
        <textarea
          id={`${id}-comment`}
          rows={2}
          maxLength={mostCommentLength}
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
        />
        <small className="soft">
          Everybody can read it, signed with your name. {mostCommentLength - comment.length} characters are left. A
          later one for the same work replaces it.
        </small>
      </div>
      <div className="row">
        <button type="submit" className="button" disabled={stars === 0}>
          Send the review
        </button>
        <span role="status" className="green-words">
          {isSaid && 'Sent. The other tab and its neighbours hear it.'}
        </span>
      </div>
      {failure && <FailureNotice failure={failure} />}
    </form>
  )
}
