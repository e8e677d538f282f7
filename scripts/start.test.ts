import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request as plain } from 'node:http'
import { request as secure } from 'node:https'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { readOptions } from './options.ts'
import { type Running, start } from './start.ts'

let folder = ''
let started: Running[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tabmesh-start-'))
  await writeFile(join(folder, 'index.html'), '<title>the page</title>')
  await writeFile(join(folder, 'sandbox.html'), '<title>the sandbox</title>')
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await Promise.all(started.map((one) => one.stop()))
  started = []
  await rm(folder, { recursive: true })
})

async function run(...args: string[]): Promise<Running> {
  const running = await start(readOptions(['--no-build', '--port', '0', ...args]), { page: folder, kept: folder })
  started.push(running)
  return running
}
/** One that nobody has at this moment. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}
const portOf = ({ origin }: Running): number => Number(new URL(origin).port)
const statusOf = ({ lines }: Running): string => /status (\S+)/.exec(lines.join('\n'))?.[1] ?? ''

type Answer = { readonly status: number | undefined; readonly headers: IncomingHttpHeaders; readonly text: string }
function answered(request: ClientRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request.on('error', reject).on('upgrade', ({ statusCode, headers }, socket) => {
      socket.destroy()
      resolve({ status: statusCode, headers, text: '' })
    })
    request.on('response', (response: IncomingMessage) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part) => {
        text += part
      })
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }))
    })
    request.end()
  })
}
const get = (running: Running, path: string, headers = {}) =>
  answered(plain({ host: '127.0.0.1', port: portOf(running), path, headers, agent: false }))
const websocket = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
}
const refused = async (running: Running): Promise<string> => {
  const text = await (await fetch(`${statusOf(running)}/metrics`)).text()
  return /refused_total\{reason="address-blocked"\} (\d+)/.exec(text)?.[1] ?? '0'
}

describe('npm start', () => {
  it('serves the page at every route, and says where it is and who is invited', async () => {
    const running = await run()
    expect(running.origin).toMatch(/^http:\/\/localhost:\d+$/)
    expect(running.lines[0]).toBe(`page     ${running.origin}/`)
    expect(running.lines[1]).toBe(`invite   ${running.origin}/  (this machine only)`)
    expect(running.lines.at(-1)).toMatch(/^running/)
    for (const path of ['/', '/jobs/some']) expect((await get(running, path)).text).toContain('the page')
  })

  it('sends no type that is guessed, no address of where one came from, and lets nobody frame the page', async () => {
    const running = await run()
    for (const path of ['/', '/network', '/network.json']) {
      expect((await get(running, path)).headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'content-security-policy': "frame-ancestors 'none'",
      })
    }
    const { headers, text } = await get(running, '/sandbox.html?any')
    expect(headers['content-security-policy']).toBe("frame-ancestors 'self'")
    expect(text).toContain('the sandbox')
  })

  it('tells the page of the relay as that browser reaches it, and of servers for ICE', async () => {
    const running = await run('--stun', 'stun:a.example', '--turn', 'turn:b.example,me,secret')
    const { headers, text } = await get(running, '/network.json', { host: 'mesh.example:8080' })
    expect(headers['content-type']).toBe('application/json')
    const { relays, iceServers } = JSON.parse(text)
    expect(relays).toEqual([expect.stringMatching(/^\/dns4\/mesh\.example\/tcp\/8080\/ws\/p2p\/12D3\w+$/)])
    expect(iceServers).toEqual([
      { urls: 'stun:a.example' },
      { urls: 'turn:b.example', username: 'me', credential: 'secret' },
    ])
    expect((await get(running, '/network.json', { host: 'no host at all' })).status).toBe(200)
    expect(JSON.parse((await get(running, '/network.json')).text).relays).toEqual([
      expect.stringContaining(`/ip4/127.0.0.1/tcp/${portOf(running)}/ws/p2p/`),
    ])
  })

  it('is the same relay after a restart: an invitation stays valid', async () => {
    const [first, second] = [await run(), await run()]
    const [was, is] = await Promise.all([first, second].map((one) => get(one, '/network.json', { host: 'a:1' })))
    expect(is?.text).toBe(was?.text)
  })

  it('stops within three seconds with a tab connected', async () => {
    const running = await run()
    const tab = plain({ host: '127.0.0.1', port: portOf(running), headers: websocket })
    const ended = new Promise((resolve) => {
      tab.on('upgrade', (_, socket) => socket.on('close', resolve).on('error', () => {}))
    })
    await new Promise((resolve) => {
      tab.on('upgrade', resolve).end()
    })
    const before = performance.now()
    await running.stop()
    expect(performance.now() - before).toBeLessThan(3_000)
    await ended
    await expect(get(running, '/')).rejects.toThrow(/ECONNREFUSED/)
  })
})

describe('a page that is opened before it is built', () => {
  /** What is answered while the page is being built. */
  async function early(headers: Record<string, string>, path = '/'): Promise<Answer> {
    const port = await freePort()
    const asked: Answer[] = []
    const build = async () => {
      asked.push(await answered(plain({ host: '127.0.0.1', port, path, headers, agent: false })))
    }
    started.push(await start(readOptions(['--port', String(port)]), { page: folder, kept: folder, build }))
    expect((await get(started[0]!, '/')).text).toContain('the page')
    return asked[0]!
  }

  it('says so to a person, and opens by itself', async () => {
    const { status, headers, text } = await early({ accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }, '/jobs/some')
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([
      503,
      'text/html; charset=utf-8',
      'no-store',
    ])
    expect(text).toContain('<h1>Tabmesh is being built</h1>')
    expect(text).toContain('<meta http-equiv="refresh" content="1">')
    expect(headers['content-security-policy']).toBe("frame-ancestors 'none'")
  })

  it('says so to a program in a line', async () => {
    const { status, headers, text } = await early({ accept: '*/*' }, '/network.json')
    expect([status, headers['retry-after'], text]).toEqual([
      503,
      '1',
      'Tabmesh is being built, ask again in a second\n',
    ])
  })
})

describe('the relay behind the page', () => {
  it('counts each tab by its own address, whatever the tab says of itself', async () => {
    vi.stubEnv('TABMESH_RELAY_BLOCKED_ADDRESSES', '127.0.0.1,203.0.113.9')
    const running = await run()
    const headers = { ...websocket, 'x-forwarded-for': '198.51.100.1' }
    expect((await get(running, '/', headers)).status).toBe(101)
    await expect.poll(() => refused(running)).toBe('1')
  })

  it('takes the address of nobody for that of another', async () => {
    vi.stubEnv('TABMESH_RELAY_BLOCKED_ADDRESSES', '203.0.113.9')
    const running = await run()
    const headers = { ...websocket, 'X-FORWARDED-FOR': '203.0.113.9' }
    expect((await get(running, '/', headers)).status).toBe(101)
    expect(await refused(running)).toBe('0')
  })

  it.runIf(process.platform === 'linux')('tells one address from another', async () => {
    vi.stubEnv('TABMESH_RELAY_BLOCKED_ADDRESSES', '127.0.0.2')
    const running = await run()
    const from = (localAddress: string) =>
      answered(plain({ host: '127.0.0.1', port: portOf(running), localAddress, headers: websocket }))
    await from('127.0.0.1')
    await from('127.0.0.2')
    await expect.poll(() => refused(running)).toBe('1')
  })
})

describe('npm start -- --host', () => {
  const ask = (running: Running, headers = {}, path = '/') =>
    answered(
      secure({ host: '127.0.0.1', port: portOf(running), path, headers, rejectUnauthorized: false, agent: false }),
    )

  it('serves page and relay over TLS on one port', async () => {
    const running = await run('--host')
    expect(running.origin).toMatch(/^https:/)
    expect((await ask(running)).text).toContain('the page')
    expect((await ask(running, websocket)).status).toBe(101)
    const { relays } = JSON.parse((await ask(running, {}, '/network.json')).text)
    expect(relays).toEqual([expect.stringContaining(`/ip4/127.0.0.1/tcp/${portOf(running)}/tls/ws/p2p/`)])
  })

  it('keeps addresses apart there too', async () => {
    vi.stubEnv('TABMESH_RELAY_BLOCKED_ADDRESSES', '127.0.0.1')
    const running = await run('--host')
    await ask(running, { ...websocket, 'x-forwarded-for': '198.51.100.1' })
    await expect.poll(() => refused(running)).toBe('1')
  })

  it('leads whoever forgot the s there, and remembers nothing of it', async () => {
    const { status, headers } = await get(await run('--host'), '/run?a=b', { host: '192.168.1.5:4173' })
    expect([status, headers.location, headers['cache-control']]).toEqual([
      307,
      'https://192.168.1.5:4173/run?a=b',
      'no-store',
    ])
  })
})

describe('what goes wrong at the start', () => {
  it('is said in words: a port that another has, on either loopback', async () => {
    for (const host of ['127.0.0.1', '::1']) {
      const other = createServer()
      const isThere = await new Promise((resolve) => {
        other.once('error', () => resolve(false)).listen(0, host, () => resolve(true))
      })
      if (!isThere) continue // a machine without IPv6
      const { port } = other.address() as { port: number }
      await expect(run('--port', String(port))).rejects.toThrow(`port ${port} is taken`)
      await new Promise((resolve) => other.close(resolve))
    }
  })

  it('is said in words: no built page', async () => {
    await rm(join(folder, 'index.html'))
    await expect(run()).rejects.toThrow(/there is no built page in .*: leave --no-build out once/)
  })

  it('is said in words: a setting of the relay, and a key that is none', async () => {
    await writeFile(join(folder, 'relay.key'), 'junk')
    await expect(run()).rejects.toThrow(/the relay could not start: .*relay.key holds no relay identity/)
    vi.stubEnv('TABMESH_RELAY_MAX_CONNECTIONS', 'many')
    await expect(run()).rejects.toThrow(/the relay's settings: maxConnections is "many"/)
  })
})
