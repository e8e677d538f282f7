import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Metrics } from './metrics.ts'

export type Health = Readonly<Record<string, string | number | boolean>> & { readonly ok: boolean }

export type HttpSources = {
  health(): Health
  addresses(): readonly string[]
  readonly metrics: Metrics
}

export type StatusServer = { readonly url: string; stop(): Promise<void> }

/** /healthz (200 or 503), /metrics and /addresses, read-only; the last may be read by any page. */
export async function serveStatus(host: string, port: number, sources: HttpSources): Promise<StatusServer> {
  const routes: Record<string, (response: ServerResponse) => Promise<void> | void> = {
    '/healthz': (response) => {
      const health = sources.health()
      sendJson(response, health.ok ? 200 : 503, health)
    },
    '/addresses': (response) => {
      response.setHeader('access-control-allow-origin', '*')
      sendJson(response, 200, sources.addresses())
    },
    '/metrics': async (response) => {
      const text = await sources.metrics.text()
      response.writeHead(200, { 'content-type': sources.metrics.contentType }).end(text)
    },
  }
  const server = createServer((request, response) => {
    const route = routes[request.url?.split('?')[0] ?? '']
    if (route === undefined) return sendJson(response, 404, { paths: Object.keys(routes) })
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return sendJson(response, 405, { methods: ['GET', 'HEAD'] })
    Promise.resolve(route(response)).catch(() => response.writeHead(500).end())
  })
  server.headersTimeout = 5_000 // status pages are asked for by machines next door
  server.requestTimeout = 5_000

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve)
  })
  const bound = server.address() as AddressInfo
  return {
    url: `http://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
