import { mostCopies, mostWitnesses } from '../../market/messages.ts'
import { type PresetName, presetNames, presets } from '../../market/presets.ts'
import type { SubmitRequest } from '../../sdk/api.ts'
import type { RedundancyRequest } from '../../sdk/api-checking.ts'
import type { Cid } from '../../wire/cid.ts'
import { type Choosing, choosingAsked, strategies, usualChoosing } from './choosing.ts'
import type { Values } from './values.ts'

export type How = 'once' | 'adaptive' | 'quorum' | 'witnessed' | 'confidence'

/** How sure somebody wants to be, as it was chosen and typed. */
export type Sureness = {
  readonly how: How
  readonly quorum: string
  readonly of: string
  readonly witnesses: string
  /** In percent: one of those on offer, or `typed`. */
  readonly confidence: string
  readonly typed: string
}

/** What is wished for beside the program: who is asked, how sure, and who reads it. */
export type Wishes = {
  readonly preset: PresetName
  readonly choosing: Choosing
  readonly sureness: Sureness
  readonly isSealed: boolean
  /** A room of ours, by its CID; empty for none. */
  readonly guild: string
}

export const confidences = ['99', '99.9', '99.999'] as const

export const usualSureness: Sureness = {
  how: 'adaptive',
  quorum: '2',
  of: '3',
  witnesses: '2',
  confidence: '99',
  typed: '',
}
export const usualWishes: Wishes = {
  preset: 'best-effort',
  choosing: usualChoosing,
  sureness: usualSureness,
  isSealed: false,
  guild: '',
}

/** What is asked for, or what still keeps it from being asked, in words. `undefined`: what is usual. */
export type SureAsked =
  | { readonly kind: 'asked'; readonly redundancy: RedundancyRequest | undefined }
  | { readonly kind: 'lacking'; readonly words: string }

const wholeIn = (text: string, most: number): number | undefined => {
  const value = /^\d{1,2}$/.test(text.trim()) ? Number(text) : 0
  return value >= 1 && value <= most ? value : undefined
}

/** Percent of what a person typed, as a share; undefined where it is none that can be asked for. */
export function shareTyped(text: string): number | undefined {
  const found = /^(\d{2}(?:[.,]\d{1,4})?)\s*%?$/.exec(text.trim())
  const ppm = found ? Math.round(Number(found[1]?.replace(',', '.')) * 10_000) : 0
  return ppm >= 500_000 && ppm <= 999_999 ? ppm / 1_000_000 : undefined
}

export function sureAsked({ preset, sureness }: Pick<Wishes, 'preset' | 'sureness'>): SureAsked {
  const asked = (redundancy: RedundancyRequest | undefined): SureAsked => ({ kind: 'asked', redundancy })
  const { how, confidence, typed } = sureness
  switch (how) {
    case 'once':
      return asked('once')
    case 'adaptive':
      // Unsaid it gives way to `once` where nothing can be compared; beside a preset that asks for more it is said.
      return asked(presets[preset].redundancy === 'adaptive' ? undefined : 'adaptive')
    case 'quorum': {
      const [quorum, of] = [wholeIn(sureness.quorum, mostCopies), wholeIn(sureness.of, mostCopies)]
      if (quorum === undefined || of === undefined) return lacking(`Two numbers from 1 to ${mostCopies}.`)
      return quorum <= of ? asked({ quorum, of }) : lacking('No more can agree than are asked.')
    }
    case 'witnessed': {
      const witnesses = wholeIn(sureness.witnesses, mostWitnesses)
      return witnesses === undefined ? lacking(`From 1 to ${mostWitnesses} witnesses.`) : asked({ witnesses })
    }
    case 'confidence': {
      const share = shareTyped(confidence === 'typed' ? typed : confidence)
      return share === undefined ? lacking('A share such as 99.5 %: from 50 to 99.9999.') : asked({ confidence: share })
    }
  }
}

const lacking = (words: string): SureAsked => ({ kind: 'lacking', words })

/** All of it as `submit` takes it. @param sure undefined where answers cannot be compared: then nothing is asked of them */
export function wishedFor(
  { preset, choosing, isSealed, guild }: Wishes,
  sure: SureAsked | undefined,
): { readonly policy: NonNullable<SubmitRequest['policy']>; readonly sealed: boolean } {
  const redundancy = sure === undefined ? 'once' : sure.kind === 'asked' ? sure.redundancy : undefined
  const chosen = choosingAsked(choosing)
  const isUsual = sure === undefined && presets[preset].redundancy === 'adaptive'
  return {
    policy: {
      preset,
      ...(chosen.kind === 'asked' && chosen.policy),
      ...(redundancy !== undefined && !isUsual && { redundancy }),
      ...(guild !== '' && { guild: guild as Cid }),
    },
    sealed: isSealed || guild !== '',
  }
}

/** A preset fills the fields as it would have them. */
export function withPreset(wishes: Wishes, preset: PresetName): Wishes {
  const { redundancy } = presets[preset]
  const sureness: Sureness =
    redundancy === 'adaptive'
      ? { ...wishes.sureness, how: 'adaptive' }
      : { ...wishes.sureness, how: 'quorum', quorum: String(redundancy.quorum), of: String(redundancy.of) }
  return { ...wishes, preset, sureness }
}

export function wishValues({ preset, choosing, sureness, isSealed, guild }: Wishes): Values {
  return { ...sureness, ...choosing, preset, isSealed, guild }
}

/** Wishes as they were kept; what is not among them is as usual. */
export function wishesOf(values: Values | undefined): Wishes {
  const text = (name: string, fallback: string): string => {
    const value = values?.[name]
    return typeof value === 'string' && value.length <= 128 ? value : fallback
  }
  const preset = presetNames.find((name) => name === values?.['preset'])
  const how = hows.find((name) => name === values?.['how'])
  return {
    preset: preset ?? usualWishes.preset,
    isSealed: values?.['isSealed'] === true,
    guild: text('guild', ''),
    choosing: {
      strategy: strategies.find((one) => one === values?.['strategy']) ?? '',
      nameWeight: text('nameWeight', ''),
      priceWeight: text('priceWeight', ''),
      leastScore: text('leastScore', ''),
      regions: text('regions', ''),
    },
    sureness: {
      how: how ?? usualSureness.how,
      quorum: text('quorum', usualSureness.quorum),
      of: text('of', usualSureness.of),
      witnesses: text('witnesses', usualSureness.witnesses),
      confidence: [...confidences, 'typed'].find((one) => one === values?.['confidence']) ?? usualSureness.confidence,
      typed: text('typed', ''),
    },
  }
}
export const hows: readonly How[] = ['adaptive', 'once', 'quorum', 'witnessed', 'confidence']
