// Rows that tell which accounts a key can sign for: what ts-sdk asks to derive accounts from a private key.

import { encodeBcs } from '../../base/bcs.ts';
import { type Bytes, concatBytes } from '../../base/bytes.ts';
import type { Address } from '../../base/ids.ts';
import type { AccountAuthenticator, AnyPublicKey } from '../authenticator.ts';
import { signerIndices } from '../authenticator.ts';
import { formatBytes } from '../format.ts';
import { anyPublicKeyBytes, authenticationKey } from '../signature.ts';
import type { SignedTransaction } from '../transaction.ts';
import type { Row } from './shape.ts';

/** A row with what it is known by: a later one replaces it. */
export interface KeyedRow {
  readonly id: string;
  readonly row: Row;
}

export interface KeyRows {
  readonly accounts: readonly KeyedRow[];
  readonly keys: readonly KeyedRow[];
}

interface Signer {
  readonly address: Address;
  readonly authenticator: AccountAuthenticator;
}

/** What the signers of a committed transaction prove about their keys. */
export function rowsOfSigners(transaction: SignedTransaction, version: number): KeyRows {
  const accounts: KeyedRow[] = [];
  const keys: KeyedRow[] = [];
  for (const { address, authenticator } of signersOf(transaction)) {
    const key = authenticationKey(authenticator);
    if (key === undefined) continue;
    const authKey = formatBytes(key);
    // The account that a single key begins with needs no row: its address is its key.
    if (authKey !== address || isMany(authenticator)) accounts.push(accountRow(authKey, address, true, version));
    for (const row of publicKeyRows(authenticator)) {
      const id = `${row.public_key}:${authKey}:${row.public_key_type}`;
      keys.push({ id, row: { ...row, auth_key: authKey, last_transaction_version: BigInt(version) } });
    }
  }
  return { accounts, keys };
}

/** The key that an account has now. `isUsed`: its holder has signed with it, for the account or to be given it. */
export function accountRow(authKey: string, address: Address, isUsed: boolean, version: number): KeyedRow {
  return {
    id: address,
    row: {
      auth_key: authKey,
      account_address: address,
      is_auth_key_used: isUsed,
      last_transaction_version: BigInt(version),
    },
  };
}

function signersOf({ raw, authenticator }: SignedTransaction): readonly Signer[] {
  const { sender, secondary, feePayer } = authenticator;
  return [{ address: raw.sender, authenticator: sender }, ...secondary, ...(feePayer ? [feePayer] : [])];
}

function isMany({ kind }: AccountAuthenticator): boolean {
  return kind === 'multiEd25519' || kind === 'multiKey';
}

function publicKeyRows(authenticator: AccountAuthenticator): Row[] {
  switch (authenticator.kind) {
    case 'none':
      return [];
    case 'ed25519':
      return [keyRow({ kind: 'ed25519', bytes: authenticator.publicKey }, true, 'ed25519_signature', null)];
    case 'singleKey':
      return [keyRow(authenticator.publicKey, true, 'single_key_signature', null)];
    case 'multiEd25519': {
      const { publicKeys, threshold } = authenticator;
      const whole = concatBytes(...publicKeys, Uint8Array.of(threshold));
      const keys = publicKeys.map((bytes): AnyPublicKey => ({ kind: 'ed25519', bytes }));
      return manyRows(keys, authenticator.bitmap, 'multi_ed25519_signature', whole);
    }
    case 'multiKey': {
      const { publicKeys, threshold } = authenticator;
      const whole = encodeBcs((writer) => {
        writer.vector(publicKeys, (w, key) => w.fixed(anyPublicKeyBytes(key))).u8(threshold);
      });
      return manyRows(publicKeys, authenticator.bitmap, 'multi_key_signature', whole);
    }
  }
}

function manyRows(keys: readonly AnyPublicKey[], bitmap: Bytes, signatureType: string, whole: Bytes): Row[] {
  const used = new Set(signerIndices(bitmap));
  return keys.map((key, index) => keyRow(key, used.has(index), signatureType, formatBytes(whole)));
}

function keyRow(key: AnyPublicKey, isUsed: boolean, signatureType: string, accountKey: string | null): Row {
  return {
    public_key: formatBytes(key.bytes),
    public_key_type: key.kind === 'ed25519' ? key.kind : `${key.kind}_ecdsa`,
    account_public_key: accountKey,
    is_public_key_used: isUsed,
    signature_type: signatureType,
  };
}
