import { machine, type StateOf } from '../kernel/machine.ts'

/**
 * PD1: how a debit note or an invoice stands. Its issuer sees `issued` until it is answered, its recipient `received`.
 * Source of the states: DocumentStatus of Golem's payment model.
 */
export const documentMachine = machine('issued', {
  issued: { receive: 'received', accept: 'accepted', reject: 'rejected', cancel: 'cancelled' },
  received: { accept: 'accepted', reject: 'rejected', cancel: 'cancelled' },
  accepted: { settle: 'settled', fail: 'failed' },
  failed: { settle: 'settled' }, // a driver may try again
  rejected: {},
  settled: {},
  cancelled: {},
})
export type DocumentStatus = StateOf<typeof documentMachine>

/** Nobody has said yes or no yet. */
export const isUnanswered = (status: DocumentStatus): boolean => documentMachine.next(status, 'accept') !== undefined
