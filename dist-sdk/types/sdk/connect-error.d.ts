import type { Result } from '../kernel/result.js';
/** What a failed start throws: with a code of docs/errors.md, and never a secret. */
export declare class ConnectError extends Error {
    name: string;
    readonly code: string;
    constructor(code: string, message: string, options?: ErrorOptions);
}
/** The value, or a ConnectError with the refusal's code and facts. */
export declare function must<T>(result: Result<T>): T;
/** What opening storage or a key gives, its failure as a ConnectError: `storage-blocked` where it has no code of its own. */
export declare function opened<T>(opening: Promise<T>): Promise<T>;
