import { useState } from 'react'
import type { Result } from '../../kernel/result.ts'
import type { Mesh } from '../../sdk/api.ts'
import type { Did } from '../../wire/schema.ts'
import { type Failure, failureOf } from '../app/failure.ts'
import { useLooked } from '../app/use-looked.ts'
import { useNodeHandle } from '../app/use-mesh.ts'
import { FailureNotice } from '../parts/Notice.tsx'
import { standingOf, standingWords } from './peer-words.ts'

const lists = (mesh: Mesh) => mesh.reputation.lists()

/** Blocks it, allows it, or forgives it: each with what it does. */
export function Judgement({ did }: { did: Did }) {
  const { reputation, did: me } = useNodeHandle()
  const [entries, lookAgain] = useLooked(lists)
  const [failure, setFailure] = useState<Failure>()
  const [done, setDone] = useState('')
  if (did === me) return null
  const standing = standingOf(entries, did)
  const doing = (words: string, work: () => Promise<Result<void>>) => async (): Promise<void> => {
    const told = await work().catch((cause: unknown) => ({ ok: false, ...failureOf(cause) }) as const)
    setFailure(told.ok ? undefined : { code: told.code, message: '' })
    setDone(told.ok ? words : '')
    lookAgain()
  }
  const unlist = doing('It is off your lists.', () => reputation.unlist({ did }))
  return (
    <section className="card" aria-labelledby="judgement-title">
      <h2 id="judgement-title">Your word on it</h2>
      <p>{standingWords[standing]}</p>
      <Deed
        name={standing === 'blocked' ? 'Unblock' : 'Block'}
        hint={
          standing === 'blocked'
            ? 'Its score decides again.'
            : 'It is never asked by you, and you never work for it. What is under way is finished.'
        }
        onPress={standing === 'blocked' ? unlist : doing('Blocked.', () => reputation.block({ did }))}
      />
      <Deed
        name={standing === 'allowed' || standing === 'only' ? 'Allow no longer' : 'Allow'}
        hint={
          standing === 'allowed' || standing === 'only'
            ? 'Its score decides again.'
            : 'It is asked although its score or a day of rest speaks against it. Its results are checked as ever.'
        }
        onPress={
          standing === 'allowed' || standing === 'only' ? unlist : doing('Allowed.', () => reputation.allow({ did }))
        }
      />
      <Deed
        name="Forgive"
        hint="What spoke against it until now does not count any more. It begins anew."
        onPress={doing('Forgiven.', () => reputation.forgive(did))}
      />
      <p role="status" className="green-words small">
        {done}
      </p>
      {failure && <FailureNotice failure={failure} />}
    </section>
  )
}

type DeedProps = { readonly name: string; readonly hint: string; readonly onPress: () => void }

function Deed({ name, hint, onPress }: DeedProps) {
  return (
    <div className="deed">
      <button type="button" className="button" onClick={onPress}>
        {name}
      </button>
      <small className="soft">{hint}</small>
    </div>
  )
}
