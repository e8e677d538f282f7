import { useCallback, useState } from 'react'
import { Link } from 'wouter'
import { mostTextLength } from '../../guild/messages.ts'
import type { Mesh } from '../../sdk/api.ts'
import type { GuildView } from '../../sdk/api-guilds.ts'
import type { Cid } from '../../wire/cid.ts'
import { type Failure, failureOf } from '../app/failure.ts'
import { useMesh, useNodeHandle } from '../app/use-mesh.ts'
import { moment } from '../parts/format.ts'
import { LineForm } from '../parts/LineForm.tsx'
import { FailureNotice } from '../parts/Notice.tsx'
import { Peer } from '../parts/Peer.tsx'
import { WithMesh } from '../parts/WithMesh.tsx'
import { stateWords } from './guild-words.ts'
import { Members } from './Members.tsx'
import '../look/network.css'
import '../look/guilds.css'

/** Who is in this room, and what is said? */
export function GuildPage({ id }: { id: string }) {
  return (
    <WithMesh>
      <Room id={id as Cid} />
    </WithMesh>
  )
}

function Room({ id }: { id: Cid }) {
  const guild = useMesh(useCallback((mesh: Mesh) => mesh.guilds.list().find((one) => one.id === id), [id]))
  if (!guild) {
    return (
      <header>
        <h1>No such room</h1>
        <p className="lead">
          It may be over, or another tab was asked into it. <Link href="/network">Your rooms</Link>
        </p>
      </header>
    )
  }
  return (
    <>
      <header>
        <h1>{guild.name || 'A private room'}</h1>
        <p className="lead">
          {guild.isOver ? 'It is over.' : `Open until ${moment(guild.endsAt)}.`} What is said here is encrypted for its
          members. <span className="tag">{stateWords(guild)}</span>
        </p>
      </header>
      {guild.state === 'asked' && !guild.isOver && <Asked guild={guild} />}
      <div className="two">
        <Talk guild={guild} />
        <Members guild={guild} />
      </div>
    </>
  )
}

function Asked({ guild }: { guild: GuildView }) {
  const { guilds } = useNodeHandle()
  return (
    <div className="notice amber">
      <p>
        <Peer id={guild.creator} /> asks you in. The others will see that this tab is here.
      </p>
      <span className="row">
        <button type="button" className="button main" onClick={() => void guilds.answer(guild.id, true)}>
          Come in
        </button>
        <button type="button" className="button" onClick={() => void guilds.answer(guild.id, false)}>
          No
        </button>
      </span>
    </div>
  )
}

function Talk({ guild }: { guild: GuildView }) {
  const { guilds } = useNodeHandle()
  const [failure, setFailure] = useState<Failure>()
  const maySpeak = !guild.isOver && guild.state === 'in' && guild.role !== 'observer'
  const say = async (text: string): Promise<boolean> => {
    const said = await guilds
      .say(guild.id, text)
      .catch((cause: unknown) => ({ ok: false, ...failureOf(cause) }) as const)
    setFailure(said.ok ? undefined : { code: said.code, message: '' })
    return said.ok
  }
  return (
    <section className="stack" aria-labelledby="talk-title">
      <h2 id="talk-title">Said here</h2>
      {guild.words.length === 0 ? (
        <p className="soft">Nothing yet. Words are kept as long as this tab is open.</p>
      ) : (
        <ol className="plain words" aria-live="polite">
          {guild.words.map(({ by, at, text: word }, n) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a word is its place
            <li key={n}>
              <span className="row small soft">
                <Peer id={by} /> {moment(at)}
              </span>
              <p>{word}</p>
            </li>
          ))}
        </ol>
      )}
      {maySpeak && <LineForm label="Say something" says="Say" maxLength={mostTextLength} isMain onSay={say} />}
      {failure && <FailureNotice failure={failure} />}
    </section>
  )
}
