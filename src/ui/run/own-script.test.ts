import { describe, expect, it } from 'vitest'
import { nameOfFile } from '../../content/manifest.ts'
import { readScript, usualScript } from './own-script.ts'

const cid = nameOfFile(new Uint8Array(1))

describe('a script as people type it', () => {
  it('is a command a line, with words as arguments have them', () => {
    const text = `# brings a text in\ndeploy\nstart -v\n\n  transfer content:${cid} file:in.txt\nrun "two words" in.txt\ntransfer file:out content:\nsign\nterminate\n`
    expect(readScript(text, ['--all'])).toEqual({
      kind: 'script',
      commands: [
        { type: 'deploy' },
        { type: 'start', args: ['--all', '-v'] },
        { type: 'transfer', from: `content:${cid}`, to: 'file:in.txt' },
        { type: 'run', args: ['two words', 'in.txt'] },
        { type: 'transfer', from: 'file:out', to: 'content:' },
        { type: 'sign' },
        { type: 'terminate' },
      ],
    })
    expect(readScript(usualScript).kind).toBe('script')
  })

  it.each([
    ['', 'Write at least one command.'],
    ['# nothing\n\n', 'Write at least one command.'],
    ['deploy\nbuild all', 'Line 2: there is no command “build”.'],
    ['deploy now', 'Line 1: deploy takes no words.'],
    ['deploy\n\nrun', 'Line 3: first deploy, then start, then the others; after terminate deploy again.'],
    ['deploy\nstart\ntransfer file:a', 'Line 3: transfer takes two places, such as file:out.txt content:'],
    ['deploy\nstart\ntransfer content:bafy file:a', 'Line 3: what follows content: is no CID.'],
    ['deploy\nstart\ntransfer a b', 'Line 3: from content:CID to file:PATH, or from file:PATH to content:'],
    ['deploy\nstart\ntransfer file:../a content:', 'Line 3: the path leaves the program’s own folder.'],
    [`deploy\nstart\n${'run\n'.repeat(300)}`, 'At most 256 commands.'],
    [`deploy\nstart\nrun ${'x'.repeat(200_000)}`, 'An argument is too long, or there are too many.'],
  ])('says in words what is wrong, and in which line', (text, words) => {
    expect(readScript(text)).toEqual({ kind: 'lacking', words })
  })
})
