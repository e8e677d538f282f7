import type { Reader } from '../module-reader.ts'
import { createNanTracker, type NanType } from './nan.ts'
import { kind, mayTrap, newOperator, type Operator, readOperator } from './operator.ts'
import type { FunctionType, Shape } from './shape.ts'

/** A run of operators that are executed as often as one another, paid for at its beginning. */
export type Segment = {
  /** Where it is paid for: before the operator that begins at this byte. */
  readonly at: number
  cost: number
  /** Whether it is looked here whether the budget is used up: at the head of a loop, and where a function is entered. */
  readonly isChecked: boolean
  /** Whether the program may trap between here and where the counter changes next. */
  mayTrap: boolean
}

/** A place in a body where the meter has something to add. */
export type Place =
  | { readonly what: 'return' | 'bulk' | 'grow'; readonly at: number; readonly next: number; readonly depth: number }
  /** A global of the module's own is named, in a module whose meter comes before those; or a local value of a short function's own. */
  | {
      readonly what: 'global' | 'local'
      readonly at: number
      readonly next: number
      readonly opcode: number
      readonly index: number
    }
  /** A NaN whose bits the engine chose is on the stack. */
  | { readonly what: 'nan'; readonly at: number; readonly next: number; readonly type: NanType }
  | {
      readonly what: 'call'
      readonly at: number
      readonly next: number
      /** Index of the function, or of its type where it is called through a table. */
      readonly callee: number
      readonly isIndirect: boolean
      /** What was paid in advance by now: segments that go on behind this call, and their cost up to here, by turns. */
      readonly paid: readonly number[]
      /** Whether the program may trap behind it, before the counter changes again. */
      mayTrap: boolean
      /** Nothing comes behind it but an `unreachable`. */
      isLast: boolean
    }

export type Body = {
  readonly type: FunctionType
  /** Bytes of the declarations of locals, and of the operators behind them. */
  readonly locals: readonly [start: number, end: number]
  readonly code: readonly [start: number, end: number]
  /** Without the parameters. */
  readonly localCount: number
  readonly localGroups: number
  readonly segments: readonly Segment[]
  readonly places: readonly Place[]
  /** Functions of which the code takes a reference. */
  readonly references: readonly number[]
  readonly isBrief: boolean
  /** Whether a loop calls nothing: it is worth a local copy of the counter. */
  readonly hasTightLoop: boolean
  /** Bytes of stack that one activation takes at most, as an engine without any cleverness lays it out. */
  readonly frameBytes: number
}

type Frame = {
  readonly kind: number
  /** The segment that was being paid into where it began. */
  readonly outer: number
  readonly height: number
  readonly results: number
  /** Whether some branch leads to its end. */
  isTarget: boolean
  /** The outermost frame that a branch within leads to. */
  lowest: number
  /** Whether its beginning, and that of the other arm of an `if`, can be reached at all. */
  readonly isReached: boolean
  hasElse: boolean
  hasCall: boolean
}

/**
 * A function up to so long is written for speed where it recurses: an engine may write it into itself some levels deep, and keep in a
 * register what one level leaves to the next. In longer ones that costs more than it saves: it was measured with esbuild.
 */
const briefBytes = 256
/** Values that it takes, and that it gives: an engine bears a thousand of each, and the counter comes to them. */
const briefValues = 16

/** Reads one function from its first operator to its last. A feature that is not metered is returned by its name. */
export function readBody(
  bytes: Uint8Array,
  reader: Reader,
  shape: Shape,
  given: Pick<Body, 'type' | 'locals' | 'localCount' | 'localGroups'> & {
    readonly hasVectors: boolean
    readonly isDeterministic: boolean
    readonly isShared: boolean
  },
): Body | string {
  const start = reader.at
  const segments: Segment[] = []
  const places: Place[] = []
  const references: number[] = []
  const frames: Frame[] = []
  const values = Math.max(given.type.params.length, given.type.results.length)
  const isBrief = reader.end - start <= briefBytes && values <= briefValues
  /** Where the counter changes, segments and calls in order, as long as nothing is known that may trap behind it. */
  const changes: { readonly order: number; readonly change: { mayTrap: boolean } }[] = []
  const orderOf: number[] = []
  let order = 0
  const operator = newOperator()
  const nans = given.isDeterministic
    ? createNanTracker((at, type) => places.push({ what: 'nan', at, next: at, type }))
    : undefined
  // The meter adds locals, globals and functions behind those of the program, which must not name them.
  const locals = given.type.params.length + given.localCount
  let current = begin(start, true)
  segments[current]!.cost = 1 // a function costs one unit to enter
  let isDead = false
  let height = 0
  let highest = 0
  let hasTightLoop = false
  let hasVectors = given.hasVectors
  let last: Extract<Place, { what: 'call' }> | undefined
  frames.push(frameOf(kind.block, given.type.results.length))

  function begin(at: number, isChecked: boolean): number {
    const segment = { at, cost: 0, isChecked, mayTrap: false }
    orderOf.push(order)
    if (isBrief) changes.push({ order: order++, change: segment })
    return segments.push(segment) - 1
  }
  /** Whatever has changed the counter since the segment at hand began may be followed by a trap here. */
  function trap(): void {
    while (changes.length > 0 && changes.at(-1)!.order >= orderOf[current]!) changes.pop()!.change.mayTrap = true
  }
  function frameOf(what: number, results: number): Frame {
    return {
      kind: what,
      outer: current,
      height,
      results,
      isTarget: false,
      lowest: frames.length,
      isReached: !isDead,
      hasElse: false,
      hasCall: false,
    }
  }
  function branch(label: number): boolean {
    const target = frames.length - 1 - label
    const into = frames[target]
    const top = frames.at(-1)
    if (!into || !top) return false
    if (isDead) return true
    if (into.kind !== kind.loop) into.isTarget = true
    top.lowest = Math.min(top.lowest, target)
    return true
  }
  /** What is paid for already and comes behind this place: the segment at hand and those that go on behind its frames. */
  function paidSoFar(): number[] {
    const paid: number[] = [current, segments[current]!.cost]
    for (let i = frames.length - 1, seen = current; i > 0; i--) {
      const { outer } = frames[i]!
      if (outer !== seen) paid.push(outer, segments[outer]!.cost)
      seen = outer
    }
    return paid
  }
  function end(at: number): void {
    const frame = frames.pop()!
    const parent = frames.at(-1)
    const canFall = !isDead
    const hasOtherArm = frame.kind === kind.if && !frame.hasElse
    isDead = !(canFall || (frame.isReached && (frame.isTarget || hasOtherArm)))
    height = frame.height + frame.results
    if (!parent) return
    parent.lowest = Math.min(parent.lowest, frame.lowest)
    parent.hasCall ||= frame.hasCall
    if (frame.kind === kind.loop && frame.isReached && !frame.hasCall) hasTightLoop = true
    if (isDead) return
    const escapes = frame.lowest < frames.length
    if (!escapes) current = frame.outer
    else if (!canFall || frame.isTarget || frame.kind === kind.if) current = begin(at, false)
  }
  /** The reach of the branches of one arm counts for the whole `if`. */
  function otherArm(at: number): void {
    const frame = frames.at(-1)!
    frame.hasElse = true
    if (!isDead) frame.isTarget = true
    isDead = !frame.isReached
    height = frame.height
    if (!isDead) current = begin(at, false)
  }

  while (frames.length > 0) {
    const at = reader.at
    const refused = readOperator(bytes, reader, operator)
    if (refused !== undefined) return refused
    if (reader.bad) return 'operators that cannot be read'
    if (!isDead) {
      segments[current]!.cost += operator.cost
      nans?.see(operator, reader.at)
      if (isBrief && (operator.kind === kind.unreachable || (operator.kind === kind.plain && mayTrap(operator.opcode))))
        trap()
    }
    hasVectors ||= operator.isVector
    if (last && operator.kind === kind.unreachable && last.next === at) last.isLast = true
    const flow = step(operator, at)
    if (flow !== undefined) return flow
    if (height > highest) highest = height
  }
  const code: readonly [number, number] = [start, reader.at]
  const slots = locals + highest
  // A NaN is told of where something shows it, perhaps behind other places; it stands before what begins where it does.
  if (nans) places.sort((a, b) => a.at - b.at || Number(b.what === 'nan') - Number(a.what === 'nan'))
  return {
    ...given,
    code,
    segments,
    places,
    references,
    isBrief,
    hasTightLoop,
    frameBytes: frameBytesOf(slots, hasVectors),
  }

  function step({ kind: what, opcode, index, labels, blockType, delta }: Operator, at: number): string | undefined {
    const next = reader.at
    height += delta
    switch (what) {
      case kind.plain:
        return undefined
      case kind.local:
        if (index >= locals) return 'a local value that is not there'
        if (isBrief && index >= given.type.params.length) places.push({ what: 'local', at, next, opcode, index })
        return undefined
      case kind.global:
        if (index >= shape.globals) return 'a global value that is not there'
        // Even where it is never executed: an engine checks it there too.
        if (given.isShared && index >= shape.importedGlobals) places.push({ what: 'global', at, next, opcode, index })
        return undefined
      case kind.refFunc:
        references.push(index)
        return shape.typeOf(index) ? undefined : 'a function that is not there'
      case kind.block:
      case kind.loop:
      case kind.if: {
        const arity = shape.arityOf(blockType)
        if (!arity) return 'a type that is not there'
        height -= arity.params
        const frame = frameOf(what, arity.results)
        frames.push(frame)
        height += arity.params
        if (isDead || what === kind.block) return undefined
        current = begin(next, what === kind.loop)
        return undefined
      }
      case kind.else:
        otherArm(next)
        return undefined
      case kind.end:
        end(next)
        return undefined
      case kind.brIf:
        if (!branch(index)) return 'a label that is not there'
        if (isDead) return undefined
        current = begin(next, false)
        return undefined
      case kind.br:
      case kind.brTable:
        if (what === kind.brTable) for (const label of labels) if (!branch(label)) return 'a label that is not there'
        if (!branch(index)) return 'a label that is not there'
        isDead = true
        return undefined
      case kind.return:
        // Even where it is never executed: what it must find there is another thing in a function that gives the counter back.
        places.push({ what: 'return', at, next, depth: frames.length - 1 })
        if (isDead) return undefined
        frames.at(-1)!.lowest = 0
        isDead = true
        return undefined
      case kind.unreachable:
        isDead = true
        return undefined
      case kind.bulk:
      case kind.grow:
        if (!isDead) places.push({ what: what === kind.bulk ? 'bulk' : 'grow', at, next, depth: 0 })
        return undefined
      case kind.call:
      case kind.callIndirect: {
        const isIndirect = what === kind.callIndirect
        const type = isIndirect ? shape.types[index] : shape.typeOf(index)
        if (!type) return 'a function that is not there'
        height += type.results.length - type.params.length
        if (isDead) return undefined
        frames.at(-1)!.hasCall = true
        last = { what: 'call', at, next, callee: index, isIndirect, paid: paidSoFar(), mayTrap: false, isLast: false }
        places.push(last)
        if (isBrief) changes.push({ order: order++, change: last })
        return undefined
      }
    }
  }
}

/** Return address, saved registers and the instance: as much as an engine's plainest compiler keeps beside the values. */
const frameHeadBytes = 80
const frameBytesOf = (slots: number, hasVectors: boolean): number => frameHeadBytes + slots * (hasVectors ? 16 : 8)
