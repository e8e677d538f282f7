import { ok, type Result } from '../kernel/result.ts'
import { wholeDecimal } from './literal-decimal.ts'
import type { OfferCode, OfferFacts } from './offer-properties.ts'
import { gibOf } from './offer-properties-field.ts'
import { platformAddress, propertyNames } from './offer-properties-names.ts'
import { checkOfferProperties } from './offer-properties-read.ts'
import { numberValue, type Properties, type PropertyValue } from './property.ts'

/** The properties of these facts; refused where a fact is out of range, and then nothing is published. */
export function buildOfferProperties(facts: OfferFacts): Result<Properties, OfferCode> {
  const { runtime, hardware, pricing, payment, node } = facts
  const all: Record<string, PropertyValue> = {
    [propertyNames.runtimeName]: runtime.name,
    [propertyNames.runtimeVersion]: { version: runtime.version },
    [propertyNames.runtimeCapabilities]: runtime.capabilities,
    [propertyNames.wasmFeatures]: hardware.wasmFeatures,
    [propertyNames.architecture]: 'wasm32',
    [propertyNames.cores]: hardware.cores,
    [propertyNames.threads]: hardware.threads,
    [propertyNames.memoryGib]: gibOf(hardware.memoryMib),
    [propertyNames.storageGib]: gibOf(hardware.storageMib),
    [propertyNames.loadPermille]: hardware.loadPermille,
    [propertyNames.region]: hardware.region,
    [propertyNames.pricingModel]: 'linear',
    [propertyNames.usageVector]: pricing.usageVector,
    [propertyNames.coefficients]: [...pricing.coefficients, pricing.fixed].map((one) => numberValue(wholeDecimal(one))),
    [propertyNames.scheme]: 'payu',
    [propertyNames.debitNoteIntervalSec]: payment.debitNoteIntervalSec,
    [propertyNames.paymentTimeoutSec]: payment.paymentTimeoutSec,
    [propertyNames.acceptTimeoutSec]: payment.acceptTimeoutSec,
    [propertyNames.paymentVersion]: 2,
    [propertyNames.nodeName]: node.name,
    [propertyNames.subnet]: node.subnet,
    [propertyNames.multiActivity]: facts.multiActivity,
    ...runtime.template,
    ...(node.sealingKey !== undefined && { [propertyNames.sealingKey]: node.sealingKey }),
    ...(facts.outbound && { [propertyNames.outboundOrigins]: facts.outbound }),
    ...(hardware.benchmark !== undefined && { [propertyNames.benchmark]: hardware.benchmark }),
  }
  for (const { name, address } of payment.platforms) all[platformAddress(name)] = address
  const checked = checkOfferProperties(all)
  return checked.ok ? ok(all) : checked
}
