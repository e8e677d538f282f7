import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { argName, configPath, envName, readConfig } from './config.ts'
import { type SettingName, settings } from './settings.ts'

const problemsOf = (sources: Parameters<typeof readConfig>[0]): string[] => {
  const config = readConfig(sources)
  return config.ok ? [] : String(config.facts['problems']).split('\n')
}

describe('a configuration', () => {
  it('without a word from anybody holds the defaults', () => {
    expect(readConfig({})).toMatchObject({ ok: true, value: { port: 4001, host: '127.0.0.1', maxReservations: 2_000 } })
  })

  it('takes file, environment and arguments, each over the one before', () => {
    const file = JSON.stringify({ port: 1, httpPort: 1, maxConnections: 5_000, topics: ['a'] })
    const env = { TABMESH_RELAY_PORT: '2', TABMESH_RELAY_HTTP_PORT: '2', TABMESH_RELAY_TOPICS: 'b, c', PATH: '/bin' }
    const args = ['--http-port', '3', '--trust-forwarded-for', '--log-level=warn']
    expect(readConfig({ file, env, args })).toMatchObject({
      ok: true,
      value: {
        port: 2,
        httpPort: 3,
        maxConnections: 5_000,
        topics: ['b', 'c'],
        trustForwardedFor: true,
        logLevel: 'warn',
      },
    })
    expect(configPath({ env: { TABMESH_RELAY_CONFIG: 'one' }, args: ['--config', 'two'] })).toBe('two')
  })

  it('says in words what is wrong: the setting, its value, where it stood and what is allowed', () => {
    expect(
      problemsOf({
        file: '{"port": "4001", "blockedAddresses": ["10.0.0.0/33"]}',
        env: { TABMESH_RELAY_HTTP_PORT: '70000' },
        args: ['--log-level', 'loud', '--announce', 'https://relay.example'],
      }),
    ).toEqual(
      [
        'port is "4001" (in the file): allowed is a whole number from 0 to 65535',
        'httpPort is 70000 (TABMESH_RELAY_HTTP_PORT): allowed is a whole number from 0 to 65535',
        'announce is ["https://relay.example"] (--announce): allowed is at most 1000 entries, each a multiaddr',
        'blockedAddresses is ["10.0.0.0/33"] (in the file): allowed is at most 1000 entries, each an IP address or a network such as 10.0.0.0/8',
        'logLevel is "loud" (--log-level): allowed is debug, info, warn, error',
      ].sort(bySetting),
    )
  })

  it('refuses what it does not know, and what contradicts itself', () => {
    expect(problemsOf({ file: '{"prot": 1}' })[0]).toMatch(/^prot \(1\) is no setting: allowed are host, port, /)
    expect(problemsOf({ env: { TABMESH_RELAY_PROT: '1' } })[0]).toMatch(/^TABMESH_RELAY_PROT \("1"\) is no setting/)
    expect(problemsOf({ file: '[]' })).toEqual(['the configuration file is not a JSON object such as {"port": 4001}'])
    expect(problemsOf({ file: '{"certFile": "a"}' })[0]).toMatch(/^certFile and keyFile/)
    expect(problemsOf({ file: '{"maxConnections": 10}' })[0]).toMatch(/^maxReservations is 2000/)
  })

  it('is described setting by setting in docs/relay.md', async () => {
    const text = await readFile(new URL('../docs/relay.md', import.meta.url), 'utf8')
    for (const name of Object.keys(settings) as SettingName[]) {
      const { initial, about } = settings[name]
      expect(text).toContain(`| \`${name}\` | \`${JSON.stringify(initial)}\` | ${about} |`)
    }
  })

  it('has one name in three spellings', () => {
    expect([envName('httpPort'), argName('httpPort')]).toEqual(['TABMESH_RELAY_HTTP_PORT', '--http-port'])
  })
})

const order = Object.keys(settings)
const bySetting = (one: string, other: string): number =>
  order.indexOf(one.split(' ')[0]!) - order.indexOf(other.split(' ')[0]!)
