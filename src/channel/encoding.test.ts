// What is hashed and signed, frozen; and what is read back, for anything that can be written and for anything at all.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BcsReader, type BcsWriter, decodeBcs, encodeBcs } from '../base/bcs.ts';
import { type Bytes, toHex } from '../base/bytes.ts';
import { DecodeError } from '../base/errors.ts';
import { type ChannelId, type Height, type NodeKey, nodeKeyFromBytes, parseAddress, type Term } from '../base/ids.ts';
import { structTag } from '../base/type-tag.ts';
import {
  type Acknowledgement,
  acknowledgementSigningMessage,
  type BatchHeader,
  batchHash,
  batchSigningMessage,
  type Certificate,
  effectsHash,
  readAcknowledgement,
  readBatch,
  readCertificate,
  type SignedBatch,
  transactionsHash,
  writeAcknowledgement,
  writeBatch,
  writeCertificate,
} from './batch.ts';
import { EFFECTS_DIGEST_SIZE, effectsDigest } from './effects.ts';
import { genesisHash } from './history.ts';
import { channelRoot, GENESIS_LEDGER, withMember } from './ledger.ts';
import { recoverySigningMessage } from './recovery.ts';
import type { ChannelScope } from './scope.ts';
import {
  type ChannelTransaction,
  type MemberTransaction,
  readTransaction,
  transactionDigest,
  transactionSigningMessage,
  writeTransaction,
} from './transaction.ts';

const SCOPE: ChannelScope = { chainId: 4, contract: parseAddress('0xc0de'), channelId: 7n as ChannelId };
const ALICE = 'a1'.repeat(32) as NodeKey;
const APP = parseAddress('0xa99');
const filled = (byte: number, size = 32): Bytes => new Uint8Array(size).fill(byte);

const CALL: MemberTransaction = {
  kind: 'member',
  sender: ALICE,
  sequence: (1n << 32n) + 1n,
  action: {
    kind: 'call',
    call: { address: APP, module: 'chat', function: 'post', typeArgs: [{ kind: 'u64' }], args: [filled(1, 3)] },
  },
  signature: filled(9, 64),
};
const HEADER: BatchHeader = {
  term: 3n as Term,
  leader: ALICE,
  firstHeight: 41n as Height,
  count: 2,
  timestampMs: 1_790_000_000_000n,
  previousHash: filled(2),
  transactionsHash: filled(3),
  effectsHash: filled(4),
  rootAfter: filled(5),
};
const POSITION = { height: 42n as Height, hash: filled(6), term: 3n as Term };

describe('hashes and signed messages', () => {
  it('[S1] [S2] are frozen', () => {
    const acknowledgement = { term: 3n as Term, height: 42n as Height, batchHash: filled(6) };
    const member = { address: APP, nodeKey: ALICE, joinSequence: 1n, lastSequence: 1n << 32n, leaving: false };
    expect({
      transactionDigest: toHex(transactionDigest(CALL)),
      transactionMessage: toHex(transactionSigningMessage(SCOPE, CALL)),
      transactionsHash: toHex(transactionsHash([CALL, { kind: 'tick' }, { kind: 'opened' }])),
      effectsHash: toHex(effectsHash([filled(7), filled(8)])),
      batchHash: toHex(batchHash(HEADER)),
      batchMessage: toHex(batchSigningMessage(SCOPE, HEADER)),
      acknowledgementMessage: toHex(acknowledgementSigningMessage(SCOPE, acknowledgement)),
      recoveryMessage: toHex(recoverySigningMessage(SCOPE, 4n as Term, POSITION, true)),
      genesisRoot: toHex(channelRoot(filled(0), GENESIS_LEDGER)),
      genesisHash: toHex(genesisHash(channelRoot(filled(0), GENESIS_LEDGER))),
      channelRoot: toHex(channelRoot(filled(5), withMember(GENESIS_LEDGER, member))),
    }).toMatchInlineSnapshot(`
      {
        "acknowledgementMessage": "a091ff262d04ca1e07a45c0c13f652193c28e05b487509f7616ab055ad9510c904000000000000000000000000000000000000000000000000000000000000c0de07000000000000000300000000000000baa5329807926c13520242c88d00ea5174514c1eb8150d6aacd9d3e6a99f5e13",
        "batchHash": "eaf9ff27d311f21998ce576eef0753134ce48565aac075e48476595d99f7003c",
        "batchMessage": "0649d564af17d257335c565f1e94ad6f1c95ac834f05a741152aa06c2d667d7a04000000000000000000000000000000000000000000000000000000000000c0de07000000000000000300000000000000eaf9ff27d311f21998ce576eef0753134ce48565aac075e48476595d99f7003c",
        "channelRoot": "819c00d8074321531425ea4c0e2c4c178682609a15c86cf85071fd6fdc3e445e",
        "effectsHash": "53ab4200fea0d06af46a887af13343815d497724a250f36438dc81b2220a747d",
        "genesisHash": "6f87af3f36fc5ee7afcdc1219b43ee3a6adbbdca30c5e16f6cf642a9fb47c8d5",
        "genesisRoot": "0ae36691f337936a7d945045c50d4ae7b077a8837f7f3d23c7980b6483c813cb",
        "recoveryMessage": "633bc92e989f113b36a59e5c4f4ddc878d4b32e4ed997e8da466ab1dd26a6fbb04000000000000000000000000000000000000000000000000000000000000c0de0700000000000000040000000000000049cbd83454976d2655e0dd2921678fb4db5f5d1a3ec167ee678f4412eca35556",
        "transactionDigest": "84c36082c53cba5e7c917c5a4f4d9b098ef4a4b5f68d313200f9166494bfd40b",
        "transactionMessage": "06fac8956295fa7b47a33df362c919321d7b6f9185c8b01312016f48813a5b5d04000000000000000000000000000000000000000000000000000000000000c0de0700000000000000000000000000000084c36082c53cba5e7c917c5a4f4d9b098ef4a4b5f68d313200f9166494bfd40b",
        "transactionsHash": "842fad1add085e7284d8a943a9147aa21f412a578108884cb9d3a4d791474f9f",
      }
    `);
  });

  it('[B7] effects digests are frozen, and blind to words for people', () => {
    const changes = [
      { key: { kind: 'resource' as const, address: APP, type: structTag(APP, 'chat', 'Room') }, new: filled(1, 2) },
    ];
    const events = [{ type: { kind: 'u8' as const }, data: filled(2, 1) }];
    const executed = effectsDigest({ status: { kind: 'executed' }, changes, events, gasUsed: 12n });
    const modified = effectsDigest({
      status: { kind: 'executed' },
      changes: changes.map((change) => ({ ...change, old: filled(9, 2) })),
      events,
      gasUsed: 12n,
    });
    const aborted = { kind: 'aborted' as const, code: 5n, location: '0xa99::chat' };
    const plain = effectsDigest({ status: aborted, changes: [], events: [], gasUsed: 3n });
    const worded = effectsDigest({
      status: { ...aborted, reason: 'E_TOO_LONG' },
      changes: [],
      events: [],
      gasUsed: 3n,
    });
    expect(toHex(worded)).toBe(toHex(plain));
    expect([toHex(executed), toHex(modified), toHex(plain)]).toMatchInlineSnapshot(`
      [
        "0037c7434cdaebfb5eabd0bdbc0d6340e3b31bb42805cdb338ebcdb2cf6180663559b82a20c07878ba00103412ca7614b7fc19ca9615ed3fff48b492b09022c0c2",
        "00ecc2e667afeb1f69c1b11b10cbbd7e2b96e51884cdd3b6f71544db633059019659b82a20c07878ba00103412ca7614b7fc19ca9615ed3fff48b492b09022c0c2",
        "010946d02d68f22837f7d002561e8c1738b772c7f04ecc9d87283636bf911870a84cbd830aeea32788c480d1c18508d64da141cc0b999636afb68fdab692432ba6",
      ]
    `);
  });

  it('[B7] tell created, modified and deleted apart, and what is there after; not what was there before', () => {
    const key = { kind: 'resource' as const, address: APP, type: structTag(APP, 'chat', 'Room') };
    const of = (change: { readonly old?: Bytes; readonly new?: Bytes }) =>
      toHex(effectsDigest({ status: { kind: 'executed' }, changes: [{ key, ...change }], events: [], gasUsed: 1n }));
    const [one, two] = [filled(1, 8), filled(2, 8)];
    const distinct = [of({ new: two }), of({ new: one }), of({ old: one, new: two }), of({ old: two })];
    expect(new Set(distinct).size).toBe(distinct.length);
    expect(of({ old: filled(3, 8), new: two })).toBe(of({ old: one, new: two }));
    expect(of({ old: one })).toBe(of({ old: two }));
  });

  it('[S1] differ by domain, channel and term', () => {
    const digest = filled(1);
    const messages = [
      transactionSigningMessage(SCOPE, CALL),
      transactionSigningMessage({ ...SCOPE, channelId: 8n as ChannelId }, CALL),
      transactionSigningMessage({ ...SCOPE, chainId: 5 }, CALL),
      transactionSigningMessage({ ...SCOPE, contract: APP }, CALL),
      batchSigningMessage(SCOPE, HEADER),
      batchSigningMessage(SCOPE, { ...HEADER, term: 4n as Term }),
      acknowledgementSigningMessage(SCOPE, { term: 3n as Term, height: 42n as Height, batchHash: digest }),
    ].map(toHex);
    expect(new Set(messages).size).toBe(messages.length);
    for (const message of messages) expect(message.length).toBe(2 * 113);
  });
});

const bytes = (min: number, max: number) =>
  fc.uint8Array({ minLength: min, maxLength: max }).map((array) => new Uint8Array(array));
const hash = bytes(32, 32);
const effectsDigests = bytes(EFFECTS_DIGEST_SIZE, EFFECTS_DIGEST_SIZE);
const signature = bytes(64, 64);
const u64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const nodeKey = hash.map((key) => nodeKeyFromBytes(key));
const address = hash.map((key) => parseAddress(toHex(key)));
const identifier = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
const member: fc.Arbitrary<MemberTransaction> = fc.record({
  kind: fc.constant('member' as const),
  sender: nodeKey,
  sequence: u64,
  action: fc.oneof(
    fc.constantFrom({ kind: 'leave' as const }, { kind: 'close' as const }),
    fc.record({
      kind: fc.constant('call' as const),
      call: fc.record({
        address,
        module: identifier,
        function: identifier,
        typeArgs: fc.array(fc.constantFrom({ kind: 'u8' as const }, { kind: 'address' as const }), { maxLength: 3 }),
        args: fc.array(bytes(0, 20), { maxLength: 4 }),
      }),
    }),
  ),
  signature,
});
const transaction: fc.Arbitrary<ChannelTransaction> = fc.oneof(
  member,
  fc.constantFrom({ kind: 'tick' as const }, { kind: 'opened' as const }),
  fc.record({ kind: fc.constant('removed' as const), address, joinSequence: u64 }),
  fc.record({
    kind: fc.constant('joined' as const),
    member: fc.record(
      {
        address,
        nodeKey,
        joinSequence: u64,
        assets: fc.record({ type: fc.constant(structTag(APP, 'land', 'Assets')), value: bytes(0, 30) }),
      },
      { requiredKeys: ['address', 'nodeKey', 'joinSequence'] },
    ),
  }),
);
const batch: fc.Arbitrary<SignedBatch> = fc.record({
  header: fc.record({
    term: u64.map((value) => value as Term),
    leader: nodeKey,
    firstHeight: u64.map((value) => value as Height),
    count: fc.nat(),
    timestampMs: u64,
    previousHash: hash,
    transactionsHash: hash,
    effectsHash: hash,
    rootAfter: hash,
  }),
  transactions: fc.array(transaction, { maxLength: 4 }),
  effects: fc.array(effectsDigests, { maxLength: 4 }),
  signature,
});
const acknowledgement: fc.Arbitrary<Acknowledgement> = fc.record({
  term: u64.map((value) => value as Term),
  height: u64.map((value) => value as Height),
  batchHash: hash,
  signer: nodeKey,
  signature,
});
const certificate: fc.Arbitrary<Certificate> = fc.record({
  term: u64.map((value) => value as Term),
  height: u64.map((value) => value as Height),
  batchHash: hash,
  signatures: fc.array(fc.record({ signer: nodeKey, signature }), { maxLength: 16 }),
});

function roundTrip<T>(
  name: string,
  arbitrary: fc.Arbitrary<T>,
  write: (w: BcsWriter, value: T) => void,
  read: (r: BcsReader) => T,
): void {
  it(`${name}: what is written is read back`, () => {
    fc.assert(
      fc.property(arbitrary, (value) => {
        expect(
          decodeBcs(
            encodeBcs((w) => write(w, value)),
            name,
            read,
          ),
        ).toEqual(value);
      }),
    );
  });

  it(`${name}: bytes from anywhere are read or refused, nothing else`, () => {
    const damaged = fc.tuple(arbitrary, fc.nat(), fc.nat({ max: 255 }), fc.nat()).map(([value, at, byte, cut]) => {
      const data = encodeBcs((w) => write(w, value));
      data[at % data.length] = byte;
      return data.slice(0, data.length - (cut % 3));
    });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), damaged), (data) => {
        try {
          const value = decodeBcs(data, name, read);
          // [B2] What is accepted has one form only, so that nobody can make a second hash for one content.
          expect(toHex(encodeBcs((w) => write(w, value)))).toBe(toHex(data));
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
      { numRuns: 500 },
    );
  });
}

describe('encodings', () => {
  roundTrip('transaction', transaction, writeTransaction, readTransaction);
  roundTrip('batch', batch, writeBatch, readBatch);
  roundTrip('acknowledgement', acknowledgement, writeAcknowledgement, readAcknowledgement);
  roundTrip('certificate', certificate, writeCertificate, readCertificate);
});
