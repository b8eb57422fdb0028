// The decoder against ts-sdk's encoder (both versions), and against bytes that nobody should send.

import {
  Account,
  AccountAddress,
  type AccountAuthenticator,
  type AnyRawTransaction,
  ChainId,
  Ed25519PrivateKey,
  EntryFunction,
  generateSignedTransaction,
  generateUserTransactionHash,
  MultiAgentTransaction,
  MultiEd25519Account,
  MultiEd25519PublicKey,
  MultiKey,
  MultiKeyAccount,
  parseTypeTag,
  RawTransaction,
  SigningSchemeInput,
  SimpleTransaction,
  TransactionPayloadEntryFunction,
  U64,
} from '@aptos-labs/ts-sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../base/bytes.ts';
import { DecodeError } from '../base/errors.ts';
import { UnsupportedFeatureError } from './errors.ts';
import { authenticationKey, isSigned } from './signature.ts';
import { decodeSignedTransaction, readTransactionBatch, TRANSACTION_SIZE_MAX } from './transaction.ts';

const alice = Account.generate();
const bob = Account.generate({ scheme: SigningSchemeInput.Secp256k1Ecdsa });
const keys = [1, 2, 3].map(() => Ed25519PrivateKey.generate());
const carol = Account.generate({ scheme: SigningSchemeInput.Ed25519, legacy: false });

function rawTransaction(sender: AccountAddress): RawTransaction {
  const payload = new TransactionPayloadEntryFunction(
    EntryFunction.build(
      '0x1::aptos_account',
      'transfer_coins',
      [parseTypeTag('0x1::aptos_coin::AptosCoin')],
      [bob.accountAddress, new U64(717)],
    ),
  );
  return new RawTransaction(sender, 7n, payload, 2000n, 100n, 1_900_000_000n, new ChainId(4));
}

function signed(account: Account, transaction: AnyRawTransaction): Uint8Array {
  return generateSignedTransaction({
    transaction,
    senderAuthenticator: account.signTransactionWithAuthenticator(transaction),
  });
}

const accounts: readonly (readonly [string, Account])[] = [
  ['an Ed25519 account', alice],
  ['a SingleKey account with Ed25519', carol],
  ['a SingleKey account with secp256k1', bob],
  [
    'a MultiEd25519 account, 2 of 3',
    new MultiEd25519Account({
      publicKey: new MultiEd25519PublicKey({
        publicKeys: keys.map((key) => key.publicKey()),
        threshold: 2,
      }),
      signers: keys.slice(0, 2),
    }),
  ],
  [
    'a MultiKey account, 2 of 3 of both kinds',
    new MultiKeyAccount({
      multiKey: new MultiKey({
        publicKeys: [alice.publicKey, bob.publicKey, carol.publicKey],
        signaturesRequired: 2,
      }),
      signers: [bob, carol],
    }),
  ],
];

describe('a transaction that ts-sdk has encoded', () => {
  it('is decoded field by field', () => {
    const transaction = new SimpleTransaction(rawTransaction(alice.accountAddress));
    const decoded = decodeSignedTransaction(signed(alice, transaction));
    expect(decoded.raw).toMatchObject({
      sender: alice.accountAddress.toStringLong(),
      sequenceNumber: 7n,
      maxGasAmount: 2000n,
      gasUnitPrice: 100n,
      expirationTimestampSecs: 1_900_000_000n,
      chainId: 4,
    });
    expect(decoded.raw.payload.executable).toMatchObject({
      kind: 'entryFunction',
      call: { module: { name: 'aptos_account' }, function: 'transfer_coins' },
    });
  });

  it.each(accounts)('carries a signature that holds, from %s', (_name, account) => {
    const transaction = new SimpleTransaction(rawTransaction(account.accountAddress));
    const bytes = signed(account, transaction);
    const decoded = decodeSignedTransaction(bytes);
    expect(isSigned(decoded)).toBe(true);
    const key = authenticationKey(decoded.authenticator.sender);
    expect(key && toHex(key)).toBe(account.publicKey.authKey().data.toStringWithoutPrefix());
    expect(`0x${toHex(decoded.hash)}`).toBe(
      generateUserTransactionHash({
        transaction,
        senderAuthenticator: account.signTransactionWithAuthenticator(transaction),
      }),
    );
    // Any other payload under the same signature is refused.
    const at = decoded.raw.bytes.length - 10;
    const forged = bytes.slice();
    forged[at] = (forged[at] ?? 0) ^ 1;
    expect(isSigned(decodeSignedTransaction(forged))).toBe(false);
  });

  it('carries the signatures of several agents', () => {
    const transaction = new MultiAgentTransaction(rawTransaction(alice.accountAddress), [
      bob.accountAddress,
      carol.accountAddress,
    ]);
    const additional = [bob, carol].map((account) => account.signTransactionWithAuthenticator(transaction));
    const encode = (others: AccountAuthenticator[], to = transaction) =>
      generateSignedTransaction({
        transaction: to,
        senderAuthenticator: alice.signTransactionWithAuthenticator(transaction),
        additionalSignersAuthenticators: others,
      });
    expect(isSigned(decodeSignedTransaction(encode(additional)))).toBe(true);
    const [first, second] = additional;
    if (!first || !second) throw new Error('two signers');
    // Nobody signed for this order of the agents.
    const swapped = new MultiAgentTransaction(transaction.rawTransaction, [carol.accountAddress, bob.accountAddress]);
    expect(isSigned(decodeSignedTransaction(encode([second, first], swapped)))).toBe(false);
    expect(decodeSignedTransaction(encode([first])).authenticator).toMatchObject({ hasUnpairedSigners: true });
  });

  it.each([
    ['known', carol.accountAddress],
    ['not known yet', AccountAddress.ZERO],
  ])('carries the signature of a fee payer who was %s to the sender', (_case, known) => {
    const raw = rawTransaction(alice.accountAddress);
    const forSender = new SimpleTransaction(raw, known);
    const forPayer = new SimpleTransaction(raw, carol.accountAddress);
    const bytes = generateSignedTransaction({
      transaction: forPayer,
      senderAuthenticator: alice.signTransactionWithAuthenticator(forSender),
      feePayerAuthenticator: carol.signTransactionWithAuthenticator(forPayer),
    });
    const decoded = decodeSignedTransaction(bytes);
    expect(decoded.authenticator.feePayer?.address).toBe(carol.accountAddress.toStringLong());
    expect(isSigned(decoded)).toBe(true);
  });

  it('splits a batch', () => {
    const one = signed(alice, new SimpleTransaction(rawTransaction(alice.accountAddress)));
    const two = signed(bob, new SimpleTransaction(rawTransaction(bob.accountAddress)));
    expect(readTransactionBatch(Uint8Array.of(2, ...one, ...two)).map(toHex)).toEqual([toHex(one), toHex(two)]);
  });
});

describe('bytes that are no transaction', () => {
  const good = signed(alice, new SimpleTransaction(rawTransaction(alice.accountAddress)));

  it('are refused when one is missing or too many', () => {
    for (let length = 0; length < good.length; length++) {
      expect(() => decodeSignedTransaction(good.slice(0, length))).toThrow(DecodeError);
    }
    expect(() => decodeSignedTransaction(Uint8Array.of(...good, 0))).toThrow(DecodeError);
  });

  it('are refused over the size limit before anything is read', () => {
    expect(() => decodeSignedTransaction(new Uint8Array(TRANSACTION_SIZE_MAX + 1))).toThrow(/over the limit/);
  });

  it('never do anything but decode or be refused, and never decode with a signature that holds', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 4 }),
        (flips) => {
          const bytes = good.slice();
          for (const [at, mask] of flips) bytes[at] = (bytes[at] ?? 0) ^ mask;
          if (toHex(bytes) === toHex(good)) return;
          try {
            expect(isSigned(decodeSignedTransaction(bytes))).toBe(false);
          } catch (error) {
            if (!(error instanceof DecodeError || error instanceof UnsupportedFeatureError)) throw error;
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('never crash the decoder, however random', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (noise) => {
        for (const bytes of [noise, Uint8Array.of(...good.slice(0, 40), ...noise)]) {
          try {
            decodeSignedTransaction(bytes);
          } catch (error) {
            if (!(error instanceof DecodeError || error instanceof UnsupportedFeatureError)) throw error;
          }
        }
      }),
      { numRuns: 3000 },
    );
  });
});
