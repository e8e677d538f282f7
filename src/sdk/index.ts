/** What a developer imports: `import { connect } from 'tabmesh'`. The page's console has the same object as `window.tabmesh`. */

// biome-ignore-start lint/performance/noBarrelFile: the package's entry names what it offers, once
export type { Amount } from '../kernel/amount.ts'
export type { Result } from '../kernel/result.ts'
export type { Timestamp } from '../kernel/time.ts'
export type { Cid } from '../wire/cid.ts'
export type { Did, PeerId } from '../wire/schema.ts'
export type {
  AgreementView,
  DocumentView,
  Fault,
  Job,
  JobSummary,
  JobView,
  LaneView,
  Mesh,
  Metrics,
  NetworkView,
  NotAvailable,
  PaymentsApi,
  PeerView,
  ProvideOptions,
  Provider,
  ProviderView,
  SubmitRequest,
  TaskError,
  TaskRequest,
  TaskResult,
  TileView,
  WorkView,
} from './api.ts'
export type { CheckEstimate, RedundancyRequest, TaskCheck } from './api-checking.ts'
export type { ContentApi } from './api-content.ts'
export type { EstimateRequest, Funnel, MarketApi, OfferView, WhyNotChosen, WhyProvider } from './api-market.ts'
export type { ListEntry, ListName, ReputationApi, ReputationRecord, ReviewView } from './api-reputation.ts'
export type { CommandRequest, CommandView } from './api-scripts.ts'
export type {
  StageInputRequest,
  StageRequest,
  StageResult,
  StageView,
  Workflow,
  WorkflowRequest,
  WorkflowSummary,
  WorkflowView,
} from './api-workflows.ts'
export { connect } from './connect.ts'
export { ConnectError } from './connect-error.ts'
export type { ConnectOptions, IceServer } from './connect-options.ts'
export type {
  ExportedProof,
  ProvenTask,
  ReceiptGraph,
  ReceiptsApi,
  ReceiptView,
  TaskAgain,
  Verification,
} from './receipts-api.ts'
// biome-ignore-end lint/performance/noBarrelFile: see above
export type { Terminal, UsageView } from './terminal-api.ts'
