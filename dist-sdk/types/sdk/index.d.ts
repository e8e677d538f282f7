/** What a developer imports: `import { connect } from 'tabmesh'`. The page's console has the same object as `window.tabmesh`. */
export type { Amount } from '../kernel/amount.js';
export type { Result } from '../kernel/result.js';
export type { Timestamp } from '../kernel/time.js';
export type { Cid } from '../wire/cid.js';
export type { Did, PeerId } from '../wire/schema.js';
export type { AgreementView, ContentApi, DocumentView, Fault, Funnel, Job, JobSummary, JobView, LaneView, MarketApi, Mesh, Metrics, NetworkView, NotAvailable, OfferView, PaymentsApi, PeerView, ProvideOptions, Provider, ProviderView, ReceiptsApi, ReputationApi, SubmitRequest, TaskError, TaskRequest, TaskResult, TileView, WorkView, } from './api.js';
export { connect } from './connect.js';
export { ConnectError } from './connect-error.js';
export type { ConnectOptions, IceServer } from './connect-options.js';
