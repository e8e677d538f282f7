import { type Result } from '../kernel/result.js';
import type { Did } from '../wire/schema.js';
import type { Agreement, AgreementBody, AgreementStep } from './agreement.js';
export type AgreementRefusal = 'agreement-known' | 'agreement-unknown' | 'agreement-out-of-order' | 'agreement-not-yours' | 'agreement-stale' | 'agreement-not-expired';
type Party = 'requestor' | 'provider';
/** AG2: who may cause each step. */
export declare const partiesOf: Record<AgreementStep, readonly Party[]>;
export declare function mayCause(agreement: Agreement, step: AgreementStep, author: Did): Result<void, AgreementRefusal>;
/** AG3: every event names the one before it, so that order is total and two successors prove a lie. */
export declare function eventFollowsTheLatest(agreement: Agreement, body: AgreementBody): Result<void, AgreementRefusal>;
/** AG4: nobody declares a proposal expired before its time. */
export declare function clockAllowsExpiry(agreement: Agreement, body: AgreementBody): Result<void, AgreementRefusal>;
export {};
