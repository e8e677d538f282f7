import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import type { Mesh } from '../../sdk/api.ts'
import type { Failure } from '../app/failure.ts'
import { useMesh, useNodeHandle } from '../app/use-mesh.ts'
import { LineForm } from '../parts/LineForm.tsx'
import { FailureNotice } from '../parts/Notice.tsx'
import { Term } from '../parts/Term.tsx'
import { stateWords } from './guild-words.ts'

const guilds = (mesh: Mesh) => mesh.guilds.list()

/** Private rooms that this tab founded, is in, or is asked into; and the form that founds one. */
export function Guilds() {
  const all = useMesh(guilds)
  return (
    <section className="stack" aria-labelledby="guilds-title">
      <h2 id="guilds-title">Private rooms</h2>
      <p className="soft small">
        A <Term word="guild">guild</Term> is a room for one job: who is in it computes it, and nobody else can read its
        program, its inputs or what is said. It is over after an hour.
      </p>
      {all.length > 0 && (
        <ul className="plain stack">
          {all.map((guild) => (
            <li key={guild.id} className="row">
              <Link href={`/guilds/${guild.id}`}>{guild.name || 'Without a name'}</Link>
              <span className={`tag ${guild.isOver ? '' : 'green'}`}>{stateWords(guild)}</span>
            </li>
          ))}
        </ul>
      )}
      <FoundForm />
    </section>
  )
}

function FoundForm() {
  const { guilds } = useNodeHandle()
  const [, go] = useLocation()
  const [failure, setFailure] = useState<Failure>()
  const found = async (name: string): Promise<boolean> => {
    const founded = await guilds.found({ name })
    if (founded.ok) go(`/guilds/${founded.value}`)
    else setFailure({ code: founded.code, message: '' })
    return founded.ok
  }
  return (
    <div className="stack">
      <LineForm label="Open a room" says="Open" placeholder="What it is for" maxLength={64} onSay={found} />
      {failure && <FailureNotice failure={failure} />}
    </div>
  )
}
