import type { RequestListener } from 'node:http'

/** Loads itself again: the page takes its place as soon as it is there. */
const document = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="1">
<title>Tabmesh is being built</title>
<style>
  :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
  main { max-width: 32rem; margin: 20vh auto; padding: 0 1rem }
</style>
<main>
  <h1>Tabmesh is being built</h1>
  <p>This takes some seconds. The page opens by itself as soon as it is ready.</p>
</main>
</html>
`

/** Whoever asks before the page is there: a person is shown what happens, a program is told to ask again in a second. */
export const answerEarly: RequestListener = ({ headers }, response) => {
  const isPerson = headers.accept?.includes('text/html') === true
  const type = isPerson ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8'
  response.writeHead(503, { 'content-type': type, 'retry-after': '1', 'cache-control': 'no-store' })
  response.end(isPerson ? document : 'Tabmesh is being built, ask again in a second\n')
}
