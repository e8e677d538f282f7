import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { outboundLimits } from '../../activity/outbound.ts'
import { createOutbound } from './outbound.ts'

let server: Server
let origin: string
let asked: IncomingMessage[]
let moved: number
let cut: Promise<void>
beforeEach(async () => {
  asked = []
  moved = 0
  const gone = Promise.withResolvers<void>()
  cut = gone.promise
  server = createServer((request, response) => {
    asked.push(request)
    response.on('close', gone.resolve)
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  origin = `http://localhost:${(server.address() as AddressInfo).port}`
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

function answer(request: IncomingMessage, response: ServerResponse): void {
  if (request.url === '/slow') return
  if (request.url === '/elsewhere') return void response.writeHead(302, { location: '/words' }).end()
  if (request.url === '/bulky') return void response.writeHead(200, { 'x-bulk': 'a'.repeat(100_000) }).end('words')
  if (request.url === '/endless') return pour(response)
  if (request.url === '/type')
    return void response.writeHead(200, { 'content-type': `text/plain; ${'a'.repeat(500)}` }).end()
  if (request.method === 'POST') return void request.pipe(response)
  response.writeHead(request.url === '/words' ? 200 : 404, { 'content-type': 'text/plain', 'set-cookie': 'a=b' })
  response.end('words')
}

function pour(response: ServerResponse): void {
  const some = Buffer.alloc(65_536)
  while (response.write(some));
  response.once('drain', () => pour(response))
}

const bytes = (text: string) => new TextEncoder().encode(text)
const outbound = (part: Partial<Parameters<typeof createOutbound>[0]> = {}) =>
  createOutbound({
    asked: [origin],
    isOffered: () => true,
    moved: (some) => {
      moved += some
    },
    ...part,
  }).begin()
const get = (path: string, part: Parameters<typeof outbound>[0] = {}) =>
  outbound(part).fetch(bytes(`GET ${origin}${path}`))

describe('what fetches for a program', () => {
  it('[FE2] brings status, type and content, and tells the other side nothing of this machine', async () => {
    const found = await get('/words')
    expect(found).toEqual({ kind: 'answer', status: 200, type: 'text/plain', body: bytes('words') })
    expect(await get('/none')).toMatchObject({ status: 404 })
    expect(asked[1]?.headers).not.toHaveProperty('cookie')
    expect(asked[0]?.headers).not.toHaveProperty('referer')
    expect(moved).toBe(`GET ${origin}/words`.length + `GET ${origin}/none`.length + 2 * 'words'.length)
  })

  it('[FE2] sends headers and body', async () => {
    const request = `POST ${origin}/echo\ncontent-type: text/csv\nauthorization: Bearer x\n\na,b\n\nc`
    expect(await outbound().fetch(bytes(request))).toMatchObject({ status: 200, body: bytes('a,b\n\nc') })
    expect(asked[0]?.headers).toMatchObject({ 'content-type': 'text/csv', authorization: 'Bearer x' })
  })

  it('[FE2] asks nobody who is not on both lists, as they are now', async () => {
    expect(await get('/words', { asked: [] })).toEqual({ kind: 'none', why: 'notAllowed' })
    let isOffered = true
    const task = outbound({ isOffered: () => isOffered })
    const request = bytes(`GET ${origin}/words`)
    expect(await task.fetch(request)).toMatchObject({ status: 200 })
    isOffered = false
    expect(await task.fetch(request)).toEqual({ kind: 'none', why: 'notAllowed' })
    expect(await outbound().fetch(bytes(`GET ${origin}@evil.example/`))).toEqual({ kind: 'none', why: 'invalid' })
    expect(asked).toHaveLength(1)
  })

  it('[FE2] follows nobody elsewhere', async () => {
    expect(await get('/elsewhere')).toEqual({ kind: 'none', why: 'failed' })
    expect(asked.map(({ url }) => url)).toEqual(['/elsewhere'])
  })

  it('[FE3] takes no more of an answer than it may have, and hangs up', async () => {
    expect(await get('/endless')).toEqual({ kind: 'none', why: 'overLimit' })
    await cut
    expect(moved).toBeLessThan(2 * outboundLimits.answerBytes)
    expect(await get('/bulky')).toEqual({ kind: 'none', why: 'failed' })
    expect(await get('/type')).toMatchObject({ type: expect.stringMatching(/^text\/plain; a{116}$/) })
  })

  it('[FE3] waits for nobody longer than it may, nor for a task that is over', async () => {
    expect(await get('/slow', { mostMs: 50 })).toEqual({ kind: 'none', why: 'failed' })
    const task = outbound()
    const waiting = task.fetch(bytes(`GET ${origin}/slow`))
    task.end()
    expect(await waiting).toEqual({ kind: 'none', why: 'failed' })
    expect(await task.fetch(bytes(`GET ${origin}/words`))).toEqual({ kind: 'none', why: 'overLimit' })
  })

  it('[FE3] makes so many requests for a task, and begins anew with the next', async () => {
    const task = outbound()
    const request = bytes(`GET ${origin}/words`)
    for (let count = 0; count < outboundLimits.requests; count++)
      expect(await task.fetch(request)).toMatchObject({ kind: 'answer' })
    expect(await task.fetch(request)).toEqual({ kind: 'none', why: 'overLimit' })
    expect(await get('/words')).toMatchObject({ kind: 'answer' })
  })

  it('says nothing of why nobody answered', async () => {
    server.close()
    server.closeAllConnections()
    expect(await get('/words')).toEqual({ kind: 'none', why: 'failed' })
  })
})
