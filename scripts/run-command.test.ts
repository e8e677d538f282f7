import { tmpdir } from 'node:os'
import { expect, it } from 'vitest'
import { runCommand } from './run-command.mjs'

const caught = { cwd: tmpdir(), env: process.env, isCaught: true }
it('tells how a check ended and what it said', async () => {
  const said = await runCommand(['-e', 'console.log("this"); console.error("that"); process.exit(3)'], caught)
  expect(said).toMatchObject({ status: 3, text: expect.stringMatching(/this\s+that|that\s+this/) })
  expect(await runCommand(['-e', 'process.kill(process.pid, "SIGTERM")'], caught)).toMatchObject({ status: 1 })
})

it.skipIf(process.platform === 'win32')('leaves nothing running that the check has started', async () => {
  const forever = '["-e", "setInterval(() => {}, 1000)"], { stdio: "inherit" }'
  const script = `require("node:child_process").spawn(process.execPath, ${forever}); process.exit(0)`
  expect(await runCommand(['-e', script], caught)).toMatchObject({ status: 0 }) // once nobody holds its output any more
})
