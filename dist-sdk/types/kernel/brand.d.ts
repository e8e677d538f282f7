/** A type that only its own constructor may make: a Did is a string, a string is not a Did. */
export type Brand<T, Name extends string> = T & {
    readonly '~brand': Name;
};
