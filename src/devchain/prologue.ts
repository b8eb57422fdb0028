// What is checked before a transaction may run, in Aptos's order (aptos-framework, transaction_validation.move, and the VM's own checks
// before it). The same checks guard the mempool, the block and the simulation; only what a simulation leaves open differs.

import { bytesEqual } from '../base/bytes.ts';
import { type Address, parseAddress } from '../base/ids.ts';
import type { StateView } from '../base/state.ts';
import { readAccount, readBalance } from './accounts.ts';
import type { AccountAuthenticator, CoSigner } from './authenticator.ts';
import { GAS_UNIT_PRICE_MAX, GAS_UNIT_PRICE_MIN, intrinsicGas, MAX_GAS_AMOUNT } from './gas.ts';
import { authenticationKey, isSigned } from './signature.ts';
import type { SignedTransaction } from './transaction.ts';
import type { Discard } from './vm-status.ts';

/** An orderless transaction must expire soon, since its nonce is remembered until then (AIP-123). */
export const NONCE_LIFETIME_SECS_MAX = 100n;
/** Sequence numbers are below; the highest bit once marked who pays. */
const SEQUENCE_NUMBER_END = 1n << 63n;
/** In a simulation: nobody pays, so no balance is asked for. */
export const NO_FEE_PAYER = parseAddress('0x0');

export interface PrologueContext {
  readonly state: StateView;
  readonly chainId: number;
  /** Time of the block that the transaction would be in. */
  readonly nowMicros: bigint;
  isNonceUsed(sender: Address, nonce: bigint): boolean;
  /** Why the sender may not have a multisig account's proposal executed. */
  checkMultisig(transaction: SignedTransaction): Discard | undefined;
}

/**
 * `mempool`: a sequence number in the future is in order. `block`: it must be the account's. `simulation`: as in a block, but
 * signatures are not looked at and signers may be left out.
 */
export type PrologueMode = 'mempool' | 'block' | 'simulation';

/** Who pays the fee. */
export function feePayerOf(transaction: SignedTransaction): Address {
  return transaction.authenticator.feePayer?.address ?? transaction.raw.sender;
}

/** Signers in the order in which they fill the `signer` parameters. */
export function signersOf(transaction: SignedTransaction): Address[] {
  return [transaction.raw.sender, ...transaction.authenticator.secondary.map(({ address }) => address)];
}

/** Why the transaction is not taken; undefined when all is in order. */
export function checkPrologue(
  transaction: SignedTransaction,
  context: PrologueContext,
  mode: PrologueMode,
): Discard | undefined {
  return (
    (mode !== 'simulation' && !isSigned(transaction) ? 'INVALID_SIGNATURE' : undefined) ??
    checkDuplicates(transaction) ??
    checkGas(transaction) ??
    checkPayload(transaction) ??
    checkTime(transaction, context) ??
    (transaction.raw.chainId === context.chainId ? undefined : 'BAD_CHAIN_ID') ??
    checkKeys([senderOf(transaction)], context.state, mode) ??
    checkReplay(transaction, context, mode) ??
    checkFee(transaction, context.state, mode) ??
    (transaction.authenticator.hasUnpairedSigners ? 'SECONDARY_KEYS_ADDRESSES_COUNT_MISMATCH' : undefined) ??
    checkKeys(othersOf(transaction), context.state, mode) ??
    (mode === 'simulation' ? undefined : context.checkMultisig(transaction))
  );
}

function checkPayload(transaction: SignedTransaction): Discard | undefined {
  const { multisig, executable } = transaction.raw.payload;
  if (multisig === undefined) return executable.kind === 'empty' ? 'EMPTY_PAYLOAD_PROVIDED' : undefined;
  return executable.kind === 'script' ? 'FEATURE_UNDER_GATING' : undefined;
}

function checkGas(transaction: SignedTransaction): Discard | undefined {
  const { maxGasAmount, gasUnitPrice } = transaction.raw;
  if (maxGasAmount > MAX_GAS_AMOUNT) return 'MAX_GAS_UNITS_EXCEEDS_MAX_GAS_UNITS_BOUND';
  if (maxGasAmount < intrinsicGas(transaction.raw.bytes.length)) return 'MAX_GAS_UNITS_BELOW_MIN_TRANSACTION_GAS_UNITS';
  if (gasUnitPrice < GAS_UNIT_PRICE_MIN) return 'GAS_UNIT_PRICE_BELOW_MIN_BOUND';
  return gasUnitPrice > GAS_UNIT_PRICE_MAX ? 'GAS_UNIT_PRICE_ABOVE_MAX_BOUND' : undefined;
}

/** Whoever pays may be one of them. */
function checkDuplicates(transaction: SignedTransaction): Discard | undefined {
  const signers = signersOf(transaction);
  return new Set(signers).size === signers.length ? undefined : 'SIGNERS_CONTAIN_DUPLICATES';
}

function checkTime(transaction: SignedTransaction, context: PrologueContext): Discard | undefined {
  const { expirationTimestampSecs, payload } = transaction.raw;
  const nowSecs = context.nowMicros / 1_000_000n;
  if (expirationTimestampSecs <= nowSecs) return 'TRANSACTION_EXPIRED';
  const tooFar = payload.nonce !== undefined && expirationTimestampSecs > nowSecs + NONCE_LIFETIME_SECS_MAX;
  return tooFar ? 'TRANSACTION_EXPIRATION_TOO_FAR_IN_FUTURE' : undefined;
}

function senderOf({ raw, authenticator }: SignedTransaction): CoSigner {
  return { address: raw.sender, authenticator: authenticator.sender };
}

/** All who sign beside the sender, the fee's payer last. */
function othersOf({ authenticator: { secondary, feePayer } }: SignedTransaction): readonly CoSigner[] {
  return feePayer ? [...secondary, feePayer] : secondary;
}

function checkKeys(signers: readonly CoSigner[], state: StateView, mode: PrologueMode): Discard | undefined {
  const holds = signers.every(({ address, authenticator }) => holdsKey(state, address, authenticator, mode));
  return holds ? undefined : 'INVALID_AUTH_KEY';
}

function holdsKey(
  state: StateView,
  address: Address,
  authenticator: AccountAuthenticator,
  mode: PrologueMode,
): boolean {
  const key = authenticationKey(authenticator);
  if (key === undefined) return mode === 'simulation';
  return bytesEqual(key, readAccount(state, address).authenticationKey);
}

function checkReplay(
  transaction: SignedTransaction,
  context: PrologueContext,
  mode: PrologueMode,
): Discard | undefined {
  const { sender, sequenceNumber, payload } = transaction.raw;
  if (payload.nonce !== undefined) {
    return context.isNonceUsed(sender, payload.nonce) ? 'NONCE_ALREADY_USED' : undefined;
  }
  if (sequenceNumber >= SEQUENCE_NUMBER_END) return 'SEQUENCE_NUMBER_TOO_BIG';
  const expected = readAccount(context.state, sender).sequenceNumber;
  if (sequenceNumber < expected) return 'SEQUENCE_NUMBER_TOO_OLD';
  return sequenceNumber > expected && mode !== 'mempool' ? 'SEQUENCE_NUMBER_TOO_NEW' : undefined;
}

function checkFee(transaction: SignedTransaction, state: StateView, mode: PrologueMode): Discard | undefined {
  const payer = feePayerOf(transaction);
  if (mode === 'simulation' && payer === NO_FEE_PAYER) return undefined;
  const { maxGasAmount, gasUnitPrice } = transaction.raw;
  const pays = readBalance(state, payer) >= maxGasAmount * gasUnitPrice;
  return pays ? undefined : 'INSUFFICIENT_BALANCE_FOR_TRANSACTION_FEE';
}
