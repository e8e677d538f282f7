import type { Brand } from './brand.js';
/** Milliseconds since 1970-01-01T00:00:00Z, a whole number. Only the shell reads a clock; everybody else is told. */
export type Timestamp = Brand<number, 'Timestamp'>;
export declare const timestamp: (epochMs: number) => Timestamp;
export declare const after: (at: Timestamp, durationMs: number) => Timestamp;
export declare const later: (a: Timestamp, b: Timestamp) => Timestamp;
export declare const earlier: (a: Timestamp, b: Timestamp) => Timestamp;
export declare const secondMs = 1000;
export declare const minuteMs: number;
export declare const hourMs: number;
export declare const dayMs: number;
