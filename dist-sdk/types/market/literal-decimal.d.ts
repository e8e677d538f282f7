/** An exact decimal, coefficient · 10^−scale, in lowest terms: equal numbers have equal fields. */
export type Decimal = {
    readonly coefficient: bigint;
    readonly scale: number;
};
/** Reads `-12.50`; no exponent, no sign `+`, no bare point. Undefined where the text is no decimal. */
export declare function parseDecimal(text: string): Decimal | undefined;
/** A whole number as Decimal. */
export declare const wholeDecimal: (value: number | bigint) => Decimal;
export declare function compareDecimals(a: Decimal, b: Decimal): number;
/** The shortest spelling: `parseDecimal(printDecimal(d))` is d. */
export declare function printDecimal({ coefficient, scale }: Decimal): string;
