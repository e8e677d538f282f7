import { describe, expect, it } from 'vitest'
import { installTrouble, nodeTrouble } from './install.mjs'
import { readOptions } from './options.ts'

describe('what stands behind npm start', () => {
  it('has defaults', () => {
    expect(readOptions([])).toEqual({
      host: false,
      dev: false,
      build: true,
      port: 4173,
      relayPort: 0,
      iceServers: [],
    })
  })

  it('is read', () => {
    const args = ['--host', '--dev', '--no-build', '--port', '0', '--relay-port', '4001']
    expect(readOptions(args)).toMatchObject({ host: true, dev: true, build: false, port: 0, relayPort: 4001 })
  })

  it('names servers of ICE, in which a credential may have commas', () => {
    const args = [
      '--stun',
      'stun:a.example:3478',
      '--turn',
      'turn:b.example?transport=udp,me,se,cret',
      '--stun=stuns:c',
    ]
    expect(readOptions(args).iceServers).toEqual([
      { urls: 'stun:a.example:3478' },
      { urls: 'stuns:c' },
      { urls: 'turn:b.example?transport=udp', username: 'me', credential: 'se,cret' },
    ])
  })

  it.each([
    [['--port', '80000'], '--port is "80000": a port is a number from 0 to 65535'],
    [['--port', '4e3'], '--port is "4e3": a port is a number from 0 to 65535'],
    [['--port='], '--port is "": a port is a number from 0 to 65535'],
    [['--stun', 'a.example'], '--stun is "a.example": write it as stun:stun.example.org:3478'],
    [['--stun', 'turn:a.example'], '--stun is "turn:a.example": write it as stun:stun.example.org:3478'],
    [['--nonsense'], "Unknown option '--nonsense'"],
    [Array.from({ length: 5 }, (_, at) => `--stun=stun:${at}`), '5 STUN and TURN servers are too many: at most 4'],
  ])('%j is refused in words', (args, words) => {
    expect(() => readOptions(args)).toThrow(words)
  })

  it('never repeats a secret', () => {
    const told = (text: string): string => {
      try {
        return String(readOptions(['--turn', text]))
      } catch (error) {
        return (error as Error).message
      }
    }
    expect(told('http:b,me,secret')).toBe('--turn http:b: write it as turn:turn.example.org:3478,username,credential')
    expect(told('turn:b,secret')).not.toContain('secret')
  })
})

describe('before anything is installed', () => {
  it.each(['20.20.0', '20.20.2', '22.12.0', '24.0.0', '26.1.0'])('Node %s serves', (version) => {
    expect(nodeTrouble(version)).toBe(undefined)
  })

  it.each(['16.20.2', '20.19.9', '21.7.3', '22.11.0', '23.4.0'])('Node %s does not, and is told so', (version) => {
    expect(nodeTrouble(version)).toContain(`this is Node ${version}: it takes 20.20`)
  })

  it('a failed installation is explained', () => {
    const missing: NodeJS.ErrnoException = Object.assign(new Error('spawn npm'), { code: 'ENOENT' })
    expect(installTrouble({ error: missing, stderr: null })).toMatch(/npm was not found/)
    expect(installTrouble({ stderr: 'npm error code EAI_AGAIN' })).toMatch(/the network or the registry/)
    expect(installTrouble({ stderr: 'npm error ENOSPC: no space left' })).toMatch(/disk is full/)
    expect(installTrouble({ stderr: 'npm error EUSAGE' })).toMatch(/words stand above/)
  })
})
