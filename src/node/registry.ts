import { activityEvents, Channel, Tasks } from '../activity/messages.ts'
import { workflowEvents } from '../activity/workflow-messages.ts'
import { blocksProtocol } from '../content/messages.ts'
import { AskSealingKey, GuildTalk, guildEvents } from '../guild/messages.ts'
import { Jobs, marketEvents, OfferIds, PullOffers } from '../market/messages.ts'
import { PeerExchange } from '../net/messages.ts'
import { paymentEvents } from '../payment/messages.ts'
import { acceptanceEvents } from '../receipts/acceptance.ts'
import { commitEvents } from '../receipts/commit.ts'
import { disputeEvents } from '../receipts/dispute-messages.ts'
import { PullReceipts, ReceiptsAvailable, receiptEvents } from '../receipts/messages.ts'
import { PullAttestations, witnessEvents } from '../receipts/witness.ts'
import { PullReviews, Reviews, reputationEvents } from '../reputation/messages.ts'
import type { AnyEventKind } from '../wire/event.ts'
import { type Registry, registry } from '../wire/gate.ts'
import type { AnyProtocol, AnyTopic, StreamProtocol } from '../wire/protocol.ts'
import { CatchUp, Deliver } from './messages.ts'

/** Every kind of event that this build understands. */
export const events: Registry = registry([
  ...marketEvents,
  ...activityEvents,
  ...workflowEvents,
  ...receiptEvents,
  ...acceptanceEvents,
  ...commitEvents,
  ...witnessEvents,
  ...disputeEvents,
  ...guildEvents,
  ...paymentEvents,
  ...reputationEvents,
] as readonly AnyEventKind[])
/** Every row that the network adapter serves. */
export const protocols: readonly AnyProtocol[] = [
  Deliver,
  CatchUp,
  PullOffers,
  PullReceipts,
  PullAttestations,
  PullReviews,
  PeerExchange,
  AskSealingKey,
]
export const topics: readonly AnyTopic[] = [OfferIds, Jobs, ReceiptsAvailable, GuildTalk, Reviews]
export const streams: readonly StreamProtocol[] = [Tasks, Channel, blocksProtocol]
