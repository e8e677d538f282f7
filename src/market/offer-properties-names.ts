/**
 * Names of the properties that an offer or a demand may carry. Those under `golem.` are the standard's, with its meaning;
 * those under `tabmesh.` say what the standard has no word for. A `?` marks a negotiable property.
 * Source: golem-architecture, standards 0-commons to 3-commercial.
 */
export const propertyNames = {
  /** String: what people read. */
  nodeName: 'golem.node.id.name',
  /** String: partitions the market by name. */
  subnet: 'golem.node.debug.subnet',
  /** Boolean: reachable without a relay. */
  isPublic: 'golem.node.net.is-public',
  /** String: where the node says that it is, for instance eu-central; nobody checks it. */
  region: 'tabmesh.node.region',
  /** Number 0 to 1000: thousandths of the offered threads at work when the offer was made. */
  loadPermille: 'tabmesh.node.load-permille',
  /** String: the node's public X25519 key in hexadecimal, to which inputs can be sealed. */
  sealingKey: 'tabmesh.node.sealing-key',

  /** String: `wasm`. */
  runtimeName: 'golem.runtime.name',
  /** Version. */
  runtimeVersion: 'golem.runtime.version',
  /** List of String: the runtimes that programs may ask for, and what they can besides, for instance `wasi-p1`, `stdin`. */
  runtimeCapabilities: 'golem.runtime.capabilities',
  /** List of String: WASM features that a module may use, for instance `simd128`. */
  wasmFeatures: 'tabmesh.wasm.features',
  /** Version of WASI, as the standard has it. */
  wasiVersion: 'golem.srv.comp.wasm.wasi.version',

  /** List of String: origins that programs may fetch from, through the provider. */
  outboundOrigins: 'tabmesh.outbound.origins',

  /** Number: cores that the browser tells of. */
  cores: 'golem.inf.cpu.cores',
  /** Number: threads on offer. */
  threads: 'golem.inf.cpu.threads',
  /** String: `wasm32`. */
  architecture: 'golem.inf.cpu.architecture',
  /** Number: millions of the self-benchmark's steps in a second of one thread. */
  benchmark: 'tabmesh.inf.cpu.benchmark-msteps',
  /** Number: GiB. */
  memoryGib: 'golem.inf.mem.gib',
  /** Number: GiB. */
  storageGib: 'golem.inf.storage.gib',

  /** Boolean: several activities under one agreement. */
  multiActivity: 'golem.srv.caps.multi-activity',
  /** Number: ms since 1970, of a demand. */
  expiration: 'golem.srv.comp.expiration',
  /** String: the CID of the module that a demand is about. */
  taskPackage: 'golem.srv.comp.task_package',

  /** String: `linear`. */
  pricingModel: 'golem.com.pricing.model',
  /** List of Number: micro-credits per unit of each counter, in the order of the usage vector, the fixed fee last. */
  coefficients: 'golem.com.pricing.model.linear.coeffs',
  /** List of String: names of counters. */
  usageVector: 'golem.com.usage.vector',

  /** String: `payu`. */
  scheme: 'golem.com.scheme',
  /** Number: s, at least so long between two debit notes of one activity. */
  debitNoteIntervalSec: 'golem.com.scheme.payu.debit-note.interval-sec?',
  /** Number: s, at most so long from a payable debit note to its payment. */
  paymentTimeoutSec: 'golem.com.scheme.payu.payment-timeout-sec?',
  /** Number: s, at most so long from a debit note to its acceptance. */
  acceptTimeoutSec: 'golem.com.payment.debit-notes.accept-timeout?',
  /** Number: 2 where one transaction may pay for several agreements. */
  paymentVersion: 'golem.com.payment.protocol.version',
  /** String, of a demand: one of the platforms that both sides list. */
  chosenPlatform: 'golem.com.payment.chosen-platform',
} as const

/** Names of counters in a usage vector. */
export const counters = {
  durationSec: 'golem.usage.duration-sec',
  cpuSec: 'golem.usage.cpu-sec',
  /** High-water mark of memory. */
  memoryGib: 'golem.usage.gib',
  storageGib: 'golem.usage.storage-gib',
  networkInMib: 'golem.usage.network.in-mib',
  networkOutMib: 'golem.usage.network.out-mib',
  /** Thousand million units of fuel. */
  fuelGiga: 'tabmesh.usage.fuel-giga',
  /** Million units of calls into the host. */
  hostMega: 'tabmesh.usage.host-mega',
} as const
export type CounterName = (typeof counters)[keyof typeof counters]

const platformPrefix = 'golem.com.payment.platform.'
const addressSuffix = '.address'

/** Where a platform's address stands; the platform is named driver-network-token. */
export const platformAddress = (platform: string): string => `${platformPrefix}${platform}${addressSuffix}`

/** The platform that a name gives the address of, or undefined where it gives none. */
export function platformOf(name: string): string | undefined {
  if (!name.startsWith(platformPrefix) || !name.endsWith(addressSuffix)) return undefined
  const platform = name.slice(platformPrefix.length, -addressSuffix.length)
  return platform.length > 0 ? platform : undefined
}
