import * as v from '../valibot.js';
import { type Result } from '../kernel/result.js';
import { type Decimal } from './literal-decimal.js';
/** A whole number within ±2⁵³ is a number; every other Number is written out, so that no float is ever on the wire. */
export type NumberValue = number | {
    readonly number: string;
};
export type Scalar = string | boolean | NumberValue | {
    readonly decimal: string;
} | {
    readonly version: string;
} | {
    readonly time: string;
};
export type PropertyValue = Scalar | readonly Scalar[];
/** Flat: name → value. A name is `golem.inf.mem.gib`, with `?` behind it when negotiable, with `[aspect]` at the end. */
export type Properties = Readonly<Record<string, PropertyValue>>;
export type PropertyCode = 'properties-not-a-map' | 'too-many-properties' | 'property-name-malformed' | 'property-value-malformed';
/** The largest standard offer has about 40; three times that leaves room for aspects and own names. */
export declare const maxProperties = 128;
/** UTF-8 bytes of a string: a manifest's address and a sentence fit, a payload does not belong here. */
export declare const maxStringBytes = 1024;
/** Items of a list: CPU flags are the longest list there is. */
export declare const maxListItems = 64;
export declare const isPropertyName: (name: string) => boolean;
/** Checks anything decoded; junk is refused, never thrown. The facts name the property. */
export declare function checkProperties(input: unknown): Result<Properties, PropertyCode>;
/** The same check as a field of a message. */
export declare const properties: v.CustomSchema<Readonly<Record<string, PropertyValue>>, v.ErrorMessage<v.CustomIssue> | undefined>;
export declare function isPropertyValue(input: unknown): input is PropertyValue;
export declare function isScalar(input: unknown): input is Scalar;
export declare const isText: (text: string) => boolean;
/** The one form of a Number: whole and safe as number, else written out in its shortest spelling. */
export declare function numberValue(decimal: Decimal): NumberValue;
/** The exact number behind a Number or a Decimal; undefined for every other value. */
export declare function decimalOf(value: PropertyValue): Decimal | undefined;
export declare const isList: (value: PropertyValue) => value is readonly Scalar[];
/** A name that ends in `?` is negotiable: both sides repeat it until they agree. Every other is a fact. */
export declare const isNegotiable: (name: string) => boolean;
export declare const negotiable: (name: string) => string;
export declare const plainName: (name: string) => string;
export declare const propertyOf: (all: Properties, name: string) => PropertyValue | undefined;
/** Equal in kind and in worth: d"1.20" is d"1.2", but no Number and no String. Lists are equal in any order. */
export declare function sameValue(a: PropertyValue, b: PropertyValue): boolean;
/** Where a negotiable property stands after two consecutive proposals, of which `latest` answers `previous`. */
export type Standing = 'agreed' | 'open' | 'dropped';
/**
 * Two consecutive proposals with the same value have agreed; a name that is left out is not supported by that side; a
 * new name is open. The result is ordered by name.
 */
export declare function standingOf(previous: Properties, latest: Properties): ReadonlyMap<string, Standing>;
/** Nothing is left to negotiate: every negotiable name is agreed or dropped. */
export declare const isSettled: (previous: Properties, latest: Properties) => boolean;
