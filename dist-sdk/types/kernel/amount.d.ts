import type { Brand } from './brand.js';
/** Money in micro-credits (10⁻⁶ credit), never negative, never a float. */
export type Amount = Brand<bigint, 'Amount'>;
export declare const microPerCredit = 1000000n;
export declare const zero: Amount;
/** 2⁶³ − 1 micro-credits: nine billion credits, and what a signed 64-bit integer holds elsewhere. */
export declare const maxAmount: Amount;
export declare const isAmount: (value: bigint) => value is Amount;
export declare const plus: (a: Amount, b: Amount) => Amount;
/** a − b, and nothing below zero. */
export declare const minus: (a: Amount, b: Amount) => Amount;
export declare const times: (a: Amount, count: bigint) => Amount;
export declare const least: (a: Amount, b: Amount) => Amount;
