import type { Brand } from '../kernel/brand.js';
/** A CIDv1 in base32: the name of bytes by their SHA-256. Kept as text, so that it can key a map and order a tie. */
export type Cid = Brand<string, 'Cid'>;
/** Multicodec of what was hashed: plain bytes of a block, or one DAG-CBOR value. */
export type CidCodec = 'raw' | 'dag-cbor';
/** CID of `bytes`; equal bytes have equal CIDs on every machine. Source: multiformats CIDv1, multihash sha2-256. */
export declare const cidOf: (bytes: Uint8Array, codec: CidCodec) => Cid;
/** CID of bytes whose SHA-256 somebody else computed, WebCrypto for instance. @param digest 32 bytes */
export declare function cidOfDigest(digest: Uint8Array, codec: CidCodec): Cid;
/** The 36 bytes behind the text, or undefined where the text is no CID that we use. */
export declare function cidBytes(text: string): Uint8Array | undefined;
export declare const isCid: (text: string) => text is Cid;
