import { afterEach, describe, expect, it } from 'vitest'
import type { Cid } from '../wire/cid.ts'
import type { Mesh } from './api.ts'
import type { GuildView } from './api-guilds.ts'
import { createWorld, type Place, place, readyMadeModule, type TestWorld } from './mesh.fixture.ts'

let world: TestWorld
afterEach(() => world.close())

const must = <T>(result: { ok: true; value: T } | { ok: false; code: string }): T => {
  if (!result.ok) throw new Error(result.code)
  return result.value
}
const viewOf = (mesh: Mesh, guild: Cid) => mesh.guilds.list().find(({ id }) => id === guild)
/** Resolves when a guild is so, as one of its members sees it. */
const until = (mesh: Mesh, guild: Cid, is: (view: GuildView) => boolean): Promise<GuildView> =>
  new Promise((resolve) => {
    const look = () => {
      const view = viewOf(mesh, guild)
      if (view && is(view)) resolve(view)
      return view !== undefined && is(view)
    }
    if (look()) return
    const forget = mesh.subscribe(
      (one) => one.guilds.list(),
      () => look() && forget(),
    )
  })
const stateOf = ({ members }: GuildView, mesh: Mesh) => members.find(({ did }) => did === mesh.did)?.state
const heard = (text: string) => (view: GuildView) => view.words.some((word) => word.text === text)

/** A requestor with a guild; two who lend, of whom the first is its executor; and somebody with nothing to do with it. */
async function founded(here: Place = place()) {
  world = createWorld()
  const all: [Mesh, Mesh, Mesh, Mesh] = [
    await world.open(here),
    await world.open(),
    await world.open(),
    await world.open(),
  ]
  const [creator, executor, other, bystander] = all
  for (const one of [executor, other]) await one.provide({ cpuShare: 1 })
  for (const one of all.slice(1)) await creator.dial(one.did)
  await bystander.dial(executor.did)
  const guild = must(await creator.guilds.found({ name: 'harvest' }))
  must(await creator.guilds.invite(guild, executor.did))
  await until(creator, guild, (view) => stateOf(view, executor) === 'in')
  return { creator, executor, other, bystander, guild }
}

describe('a guild', () => {
  it('[GU2] [GU3] [GU5] is joined by who lends and is asked as executor; each hears that the others are here', async () => {
    const { creator, executor, guild } = await founded()
    const here = await until(creator, guild, ({ members }) => members.every(({ isHere }) => isHere))
    expect(here.members.map(({ role }) => role)).toEqual(['creator', 'executor'])
    const there = await until(executor, guild, ({ members }) => members.every(({ isHere }) => isHere))
    expect(there).toMatchObject({ name: 'harvest', creator: creator.did, role: 'executor', state: 'in' })
  })

  it('[GU6] carries words that no bystander can read', async () => {
    const { creator, executor, other, bystander, guild } = await founded()
    const carried: Uint8Array[] = []
    world.board.overhear = (bytes) => void carried.push(bytes.slice())
    must(await executor.guilds.say(guild, 'the field is ready'))
    await until(creator, guild, heard('the field is ready'))
    must(await creator.guilds.say(guild, 'then begin'))
    await until(executor, guild, heard('then begin'))
    expect(carried.length).toBeGreaterThan(0)
    expect(carried.some((bytes) => /field is ready|then begin/.test(Buffer.from(bytes).toString('latin1')))).toBe(false)
    expect([viewOf(other, guild), viewOf(bystander, guild)]).toEqual([undefined, undefined])
  })

  it('[GU8] has its jobs computed by its executors alone, sealed', async () => {
    const { creator, executor, guild } = await founded()
    const module = await readyMadeModule('words')
    const tasks = Array.from({ length: 20 }, (_, n) => ({ args: ['words'], stdin: `one ${n}` }))
    const job = creator.submit({ module, tasks, policy: { guild } })
    const done = await job.done
    expect(done).toMatchObject({ status: 'Completed', completed: 20, providers: [executor.did] })
    expect(job.view()?.spec).toMatchObject({ isSealed: true, policy: { guild } })
    const strange = creator.submit({ module, tasks, policy: { guild: job.id } })
    expect(await strange.done).toMatchObject({ status: 'Failed', reason: 'guild-unknown' })
  })

  it('[GU6] is heard by all its members of each, by the invitation that each shows', async () => {
    const { creator, executor, other, guild } = await founded()
    must(await creator.guilds.invite(guild, other.did, 'observer'))
    await until(other, guild, () => true)
    must(await other.guilds.answer(guild, true))
    await other.dial(executor.did)
    must(await executor.guilds.say(guild, 'the field is ready'))
    await until(other, guild, heard('the field is ready'))
    const rolesAt = (mesh: Mesh) => viewOf(mesh, guild)!.members.map(({ did, role }) => [did, role])
    expect(rolesAt(other)).toContainEqual([executor.did, 'executor'])
    await until(executor, guild, ({ members }) => members.some(({ did }) => did === other.did))
    expect(rolesAt(executor)).toContainEqual([other.did, 'observer'])
  })

  it('[GU4] says nothing more to who was sent away, and goes on among the others', async () => {
    const { creator, executor, other, guild } = await founded()
    must(await creator.guilds.invite(guild, other.did, 'member'))
    await until(other, guild, () => true)
    must(await other.guilds.answer(guild, true))
    await until(creator, guild, (view) => stateOf(view, other) === 'in')
    must(await creator.guilds.say(guild, 'all three'))
    await until(other, guild, heard('all three'))
    must(await creator.guilds.remove(guild, other.did, 'it told others'))
    await until(other, guild, (view) => stateOf(view, other) === 'out')
    must(await creator.guilds.say(guild, 'we two'))
    await until(executor, guild, heard('we two'))
    expect(heard('we two')(viewOf(other, guild)!)).toBe(false)
    expect(await other.guilds.say(guild, 'hello?')).toMatchObject({ code: 'guild-over' })
  })

  it('[GU6] takes no text of an observer, and none that is too long', async () => {
    const { creator, other, executor, guild } = await founded()
    must(await creator.guilds.invite(guild, other.did, 'observer'))
    await until(other, guild, () => true)
    must(await other.guilds.answer(guild, true))
    expect(await other.guilds.say(guild, 'psst')).toMatchObject({ code: 'observers-listen' })
    expect(await executor.guilds.say(guild, 'x'.repeat(2_001))).toMatchObject({ code: 'too-long' })
  })

  it('[GU1] goes on after its creator was loaded again, and [GU7] is over when its creator ends it', async () => {
    const here = place()
    const { creator, executor, guild } = await founded(here)
    await world.crash(creator)
    const again = await world.open(here)
    await again.dial(executor.did)
    must(await again.guilds.say(guild, 'here again'))
    await until(executor, guild, heard('here again'))
    must(await again.guilds.leave(guild))
    expect(viewOf(again, guild)).toMatchObject({ isOver: true })
    await until(executor, guild, ({ isOver }) => isOver)
  })
})
