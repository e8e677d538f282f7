/** A state machine declared as data: state → event → next state. A final state maps to {}. */
type Table = Readonly<Record<string, Readonly<Record<string, string>>>>;
type EventsOf<T extends Table> = {
    [S in keyof T]: keyof T[S];
}[keyof T] & string;
type StatesOf<T extends Table> = keyof T & string;
/** A transition to a state that is not in the table does not compile. */
type Closed<T extends Table> = {
    readonly [S in keyof T]: {
        readonly [E in keyof T[S]]: StatesOf<T>;
    };
};
export type Machine<T extends Table> = {
    readonly initial: StatesOf<T>;
    readonly table: T;
    readonly states: readonly StatesOf<T>[];
    readonly events: readonly EventsOf<T>[];
    /** The state after `event`, or undefined where the table has no such transition. */
    next(state: StatesOf<T>, event: EventsOf<T>): StatesOf<T> | undefined;
    isFinal(state: StatesOf<T>): boolean;
};
export type StateOf<M> = M extends Machine<infer T> ? StatesOf<T> : never;
export type EventOf<M> = M extends Machine<infer T> ? EventsOf<T> : never;
/** Makes a machine of a table. The same value drives fold, badge, diagram and the exhaustive test. */
export declare function machine<const T extends Table>(initial: StatesOf<T>, table: T & Closed<T>): Machine<T>;
export {};
