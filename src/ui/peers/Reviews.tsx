import { useCallback } from 'react'
import type { Mesh } from '../../sdk/api.ts'
import type { ReviewView } from '../../sdk/api-reputation.ts'
import type { Did } from '../../wire/schema.ts'
import { useLooked } from '../app/use-looked.ts'
import { useNodeHandle } from '../app/use-mesh.ts'
import { CopyButton } from '../parts/CopyButton.tsx'
import { counted, moment, shortId } from '../parts/format.ts'
import { Peer } from '../parts/Peer.tsx'
import { starsOf, starText, weightWords } from './peer-words.ts'

/** As many as are read. */
const mostShown = 20

/** What others say of it, each tied to the receipt of work that they did together. */
export function Reviews({ did }: { did: Did }) {
  const me = useNodeHandle().did
  const [reviews] = useLooked(useCallback((mesh: Mesh) => mesh.reputation.reviews(did), [did]))
  return (
    <section className="stack" aria-labelledby="reviews-title">
      <div>
        <h2 id="reviews-title">{did === me ? 'What others say of you' : 'What is said of it'}</h2>
        {reviews.length === 0 && <p className="soft">Nothing was heard yet.</p>}
      </div>
      {reviews.length > 0 && (
        <ul className="plain stack">
          {reviews.slice(0, mostShown).map((review) => (
            <Review key={review.id} review={review} isOurs={review.author === me} />
          ))}
        </ul>
      )}
      {reviews.length > mostShown && <p className="soft">and {counted(reviews.length - mostShown, 'older one')}</p>}
    </section>
  )
}

type ReviewProps = { readonly review: ReviewView; readonly isOurs: boolean }

function Review({ review: { author, receipt, permille, comment, at, weight }, isOurs }: ReviewProps) {
  const stars = starsOf(permille)
  return (
    <li className="review">
      <span className="row">
        <span className="stars" role="img" aria-label={`${stars} of 5 stars`}>
          {starText(stars)}
        </span>
        <Peer id={author} />
        <span className="soft small">{moment(at)}</span>
      </span>
      {comment !== '' && <p>“{comment}”</p>}
      <p className="soft small">
        By receipt{' '}
        <CopyButton text={receipt} label="Copy the name of the receipt">
          <code>{shortId(receipt)}</code>
        </CopyButton>
        {isOurs ? 'It is your own word.' : weightWords(weight)}
      </p>
    </li>
  )
}
