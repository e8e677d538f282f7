import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { startRelay } from '../../relay-server/fixture.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const project = mkdtempSync(join(tmpdir(), 'tabmesh-pack-'))
const installed = join(project, 'node_modules', 'tabmesh')
const isWindows = process.platform === 'win32'

/** A build of the package and its unpacking: 4 s when idle. */
const packMs = 120_000

/** A developer's project with the packed package in it; node-datachannel, the one package beside it, is this checkout's. */
beforeAll(() => {
  const packed = spawnSync('npm', ['pack', '--silent', '--pack-destination', project], {
    cwd: root,
    encoding: 'utf8',
    shell: isWindows,
  })
  expect(packed.status, packed.stderr).toBe(0)
  const [tarball] = readdirSync(project).filter((name) => name.endsWith('.tgz'))
  mkdirSync(installed, { recursive: true })
  spawnSync('tar', ['-xzf', join(project, tarball!), '-C', installed, '--strip-components=1'])
  const datachannel = join('node_modules', 'node-datachannel')
  symlinkSync(join(root, datachannel), join(project, datachannel), 'junction')
  cpSync(join(root, 'examples/sdk'), project, { recursive: true })
}, packMs)

afterAll(() => rm(project, { recursive: true, force: true }))

describe('the packed package', () => {
  it('holds what its exports name, the sandbox, the words that go with it, and nothing else', () => {
    const files = readdirSync(installed, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) =>
        join(parentPath, name)
          .slice(installed.length + 1)
          .replaceAll('\\', '/'),
      )
    const { exports } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
    for (const path of [...Object.values(exports['.']), exports['./sandbox.html']])
      expect(files).toContain(String(path).slice(2))
    const others = files.filter((path) => !path.startsWith('dist-sdk/'))
    expect(others.toSorted()).toEqual(['LICENSE', 'README.md', 'docs/errors.md', 'package.json', 'public/sandbox.html'])
  })

  it('needs no package at run time but node-datachannel, and none in a page', () => {
    expect(packagesIn(join(installed, 'dist-sdk/node'))).toEqual(['node-datachannel', 'node-datachannel/polyfill'])
    expect(packagesIn(join(installed, 'dist-sdk/browser'))).toEqual([])
  })

  it.each(['bundler', 'node16'])(
    'has types that a project with %s resolution compiles, libraries checked',
    (resolution) => {
      const folder = join(project, resolution)
      mkdirSync(folder)
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
      writeFileSync(join(folder, 'use.ts'), use)
      const compilerOptions = {
        target: 'ES2022',
        module: resolution === 'bundler' ? 'ESNext' : 'node16',
        moduleResolution: resolution,
        lib: ['ES2022', 'DOM', 'DOM.Iterable'],
        types: [],
        strict: true,
        noEmit: true,
      }
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.ts'] }))
      const tsc = join(root, 'node_modules/typescript/bin/tsc')
      const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' })
      expect(stdout).toBe('')
      expect(status).toBe(0)
    },
  )

  it('runs the ten lines over a real relay, on a provider in another process, and both end by themselves', {
    timeout: 60_000,
  }, async () => {
    const relay = await startRelay()
    const [address] = relay.addresses()
    const provider = run('provide.mjs', [address!])
    await provider.says('provides')
    const words = join(root, 'public/jobs/words.wasm')
    const requestor = run('ten-lines.mjs', [address!, words, 'one two two', 'three'])
    const said = await requestor.says('Completed: 2 of 2 by 1')
    expect(said).toContain('two\t2')
    expect(said).toContain('three\t1')
    // Nothing that a stopped node leaves behind, a timer or a thread, keeps a process alive.
    expect(await requestor.ended).toBe(0)
    provider.stop()
    expect(await provider.ended).toBe(0)
  })
})

type Running = {
  /** Resolves with all that was said once it holds `words`; rejects when the process ends without them. */
  readonly says: (words: string) => Promise<string>
  /** Resolves with its exit code. */
  readonly ended: Promise<number | null>
  /** As Ctrl-C does. */
  readonly stop: () => void
}

/** Starts an example in the project as anybody would, with nothing of this checkout's preloaded; ends it with the test. */
function run(example: string, args: readonly string[]): Running {
  const child = spawn(process.execPath, [example, ...args], { cwd: project, env: { ...process.env, NODE_OPTIONS: '' } })
  onTestFinished(() => void child.kill('SIGKILL'))
  let said = ''
  const says = (words: string) =>
    new Promise<string>((resolve, reject) => {
      const look = (): void => void (said.includes(words) && resolve(said))
      for (const stream of [child.stdout, child.stderr]) stream.on('data', look)
      child.once('close', () => reject(new Error(`${example} ended: ${said}`)))
      look()
    })
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      said += chunk
    })
  }
  return { says, ended: new Promise((resolve) => child.once('exit', resolve)), stop: () => void child.kill('SIGINT') }
}

/** What the scripts of a folder import that is neither beside them nor part of Node. */
function packagesIn(folder: string): string[] {
  const scripts = readdirSync(folder).filter((name) => name.endsWith('.js'))
  expect(scripts.length).toBeGreaterThan(0)
  const named = scripts.flatMap((name) =>
    [
      ...readFileSync(join(folder, name), 'utf8').matchAll(
        /(?:^|[;}])(?:import|export)\b[^'"`;\n]*?from\s*["'`]([^"'`]+)["'`]/gm,
      ),
    ].map(([, specifier]) => specifier!),
  )
  return [...new Set(named)].filter((name) => !name.startsWith('.') && !isBuiltin(name)).toSorted()
}

/** What a developer writes, and what the compiler must not let pass. */
const use = `import { connect, ConnectError, type Cid, type JobSummary, type Mesh, type TaskResult } from 'tabmesh'

export async function words(relay: string, module: Uint8Array): Promise<JobSummary> {
  const mesh: Mesh = await connect({ relays: [relay], identity: { keyFile: 'node.key' } })
  const job = mesh.submit({ module, tasks: [{ stdin: 'one two' }], policy: { maxPrice: 1_000n, strategy: 'hybrid' } })
  const results: TaskResult[] = []
  for await (const result of job.results()) results.push(result)
  const receipt: Cid | undefined = results[0]?.receipt
  const found = receipt && (await mesh.receipts.get(receipt))
  if (found?.ok) console.log(found.value.body.author, mesh.job(job.id)?.view()?.spec.limits.timeoutMs)
  const stopped = await mesh.inference['start']!()
  if (!stopped.ok) console.log(stopped.code satisfies 'not-available')
  // @ts-expect-error money is a bigint
  await mesh.provide({ pricing: { perSecond: 1 } })
  // @ts-expect-error a DID is no CID
  await mesh.content.get(mesh.did)
  return job.done
}
export const codeOf = (error: unknown): string => (error instanceof ConnectError ? error.code : 'unknown')
`
