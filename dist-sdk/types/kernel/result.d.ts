/** What a refusal says of itself: the values that were wrong and what would have been right. Never a secret. */
export type Facts = Readonly<Record<string, string | number | bigint | boolean>>;
export type Ok<T> = {
    readonly ok: true;
    readonly value: T;
};
export type Refusal<Code extends string = string> = {
    readonly ok: false;
    readonly code: Code;
    readonly facts: Facts;
};
/** An expected failure is a value, so that whoever calls must look at it. */
export type Result<T, Code extends string = string> = Ok<T> | Refusal<Code>;
export declare const ok: <T>(value: T) => Ok<T>;
/** @param code a sentence in kebab case, listed in docs/errors.md; @param facts the offending values, unit last in the name */
export declare const refuse: <Code extends string>(code: Code, facts?: Facts) => Refusal<Code>;
