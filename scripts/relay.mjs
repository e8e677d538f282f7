/**
 * Starts the relay alone: `npm run relay -- --port 4001 --http-port 4080`; the settings are in docs/relay.md.
 * One process, so that a signal meant for the relay reaches it once.
 */
import './polyfill.mjs'
import { register } from 'tsx/esm/api'

register()
await import('../relay-server/main.ts')
