// The chain around the VM: order of sequence numbers, refusals of the prologue, fees, time. Transactions are ts-sdk's; the VM is scripted,
// so that nothing here depends on Move.

import {
  Account,
  AccountAddress,
  type AccountAddressInput,
  AccountAuthenticatorAbstraction,
  ChainId,
  EntryFunction,
  generateSignedTransaction,
  generateSignedTransactionForSimulation,
  RawTransaction,
  SimpleTransaction,
  TransactionPayloadEntryFunction,
  U64,
} from '@aptos-labs/ts-sdk';
import { beforeEach, describe, expect, it } from 'vitest';
import { toHex } from '../base/bytes.ts';
import { type Address, parseAddress } from '../base/ids.ts';
import { readAccount, readBalance } from './accounts.ts';
import { Chain, type SubmitRefusal } from './chain.ts';
import { fund } from './faucet.ts';
import { FRAMEWORK_PACKAGE, genesisBlock, readPackage } from './genesis.ts';
import { PENDING_PER_ACCOUNT_MAX } from './mempool.ts';
import { ScriptedVm } from './scripted-vm.suite.ts';
import { TRANSACTION_SIZE_MAX } from './transaction.ts';

const START_SECS = 1_800_000_000n;
const APT = 100_000_000n;
const alice = Account.generate();
const bob = Account.generate();
const mallory = Account.generate();

let nowMicros: bigint;
let chain: Chain;

beforeEach(() => {
  nowMicros = START_SECS * 1_000_000n;
  chain = new Chain({ vm: new ScriptedVm(), chainId: 4, clock: () => nowMicros });
  const framework = readPackage(FRAMEWORK_PACKAGE);
  chain.restore(genesisBlock(chain.vm, { chainId: 4, timestampMicros: nowMicros, framework, packages: [] }));
  expect(fund(chain, address(alice), APT)).toMatch(/^0x/);
});

interface Fields {
  sequenceNumber?: bigint;
  amount?: bigint;
  maxGas?: bigint;
  price?: bigint;
  expires?: bigint;
  chainId?: number;
  function?: string;
  to?: AccountAddressInput;
}

function address(account: Account): Address {
  return parseAddress(account.accountAddress.toStringLong());
}

function raw(from: Account, fields: Fields): SimpleTransaction {
  const to = AccountAddress.from(fields.to ?? bob.accountAddress);
  const call = EntryFunction.build(
    '0x1::aptos_account',
    fields.function ?? 'transfer',
    [],
    [to, new U64(fields.amount ?? 1n)],
  );
  return new SimpleTransaction(
    new RawTransaction(
      from.accountAddress,
      fields.sequenceNumber ?? 0n,
      new TransactionPayloadEntryFunction(call),
      fields.maxGas ?? 10_000n,
      fields.price ?? 100n,
      fields.expires ?? START_SECS + 60n,
      new ChainId(fields.chainId ?? 4),
    ),
  );
}

function transfer(fields: Fields = {}, signer = alice, from = alice): Uint8Array {
  const transaction = raw(from, fields);
  return generateSignedTransaction({
    transaction,
    senderAuthenticator: signer.signTransactionWithAuthenticator(transaction),
  });
}

function flipped(bytes: Uint8Array, index: number): Uint8Array {
  return bytes.with(index, (bytes[index] ?? 0) ^ 1);
}

function refusal(bytes: Uint8Array): SubmitRefusal | undefined {
  const result = chain.submit(bytes);
  return result.ok ? undefined : result.error;
}

function balance(account: Account): bigint {
  return readBalance(chain.world.view(), address(account));
}

describe('a transaction in order', () => {
  it('is executed when submit returns, in a block of its own', () => {
    const before = chain.ledger.length;
    expect(refusal(transfer({ amount: 1000n }))).toBeUndefined();
    const { outcome, timestampMicros, height } = chain.ledger.tip;
    expect(chain.ledger.length).toBe(before + 2);
    expect(chain.ledger.block(height)).toMatchObject({
      timestampMicros,
      entries: [
        { version: before, metadata: {} },
        { version: before + 1, transaction: {} },
      ],
    });
    expect(chain.ledger.block(height + 1)).toBeUndefined();
    expect(outcome.status.kind).toBe('executed');
    expect(timestampMicros).toBeGreaterThan(nowMicros);
    expect(balance(bob)).toBe(1000n);
    expect(balance(alice)).toBe(APT - 1000n - outcome.gasUsed * 100n);
    expect(readAccount(chain.world.view(), address(alice)).sequenceNumber).toBe(1n);
  });

  it('that aborts is committed: the fee is charged, the number used, nothing else changes', () => {
    expect(refusal(transfer({ amount: 2n * APT }))).toBeUndefined();
    const { outcome } = chain.ledger.tip;
    expect(outcome.status).toMatchObject({ kind: 'abort', code: 0x10006n });
    expect(balance(alice)).toBe(APT - outcome.gasUsed * 100n);
    expect(balance(bob)).toBe(0n);
    expect(readAccount(chain.world.view(), address(alice)).sequenceNumber).toBe(1n);
  });

  it('that spends what its fee needs fails after all', () => {
    expect(refusal(transfer({ amount: APT - 10n }))).toBeUndefined();
    expect(chain.ledger.tip.outcome.status.kind).not.toBe('executed');
    expect(balance(bob)).toBe(0n);
    expect(readAccount(chain.world.view(), address(alice)).sequenceNumber).toBe(1n);
  });

  it('that needs more storage than its gas pays for runs out of gas, which is charged', () => {
    expect(refusal(transfer({ maxGas: 100n }))).toBeUndefined();
    expect(chain.ledger.tip.outcome.status).toEqual({ kind: 'failure', code: 'OUT_OF_GAS' });
    expect(balance(alice)).toBe(APT - 100n * 100n);
  });
});

describe('sequence numbers', () => {
  it('in the future wait for those before them', () => {
    const third = transfer({ sequenceNumber: 2n });
    expect(refusal(third)).toBeUndefined();
    expect(refusal(transfer({ sequenceNumber: 1n }))).toBeUndefined();
    expect(refusal(third)).toBeUndefined();
    expect(chain.mempool.size).toBe(2);
    expect(balance(bob)).toBe(0n);
    expect(refusal(transfer({ sequenceNumber: 0n }))).toBeUndefined();
    expect(chain.mempool.size).toBe(0);
    expect(balance(bob)).toBe(3n);
  });

  it('of the past are refused', () => {
    expect(refusal(transfer())).toBeUndefined();
    expect(refusal(transfer())).toEqual({ kind: 'discarded', discard: 'SEQUENCE_NUMBER_TOO_OLD' });
  });

  it('are taken by one waiting transaction, unless another pays more', () => {
    expect(refusal(transfer({ sequenceNumber: 1n, amount: 5n }))).toBeUndefined();
    expect(refusal(transfer({ sequenceNumber: 1n, amount: 6n }))).toEqual({ kind: 'mempool', reason: 'invalidUpdate' });
    expect(refusal(transfer({ sequenceNumber: 1n, amount: 7n, price: 150n }))).toBeUndefined();
    expect(refusal(transfer())).toBeUndefined();
    expect(balance(bob)).toBe(8n);
  });

  it('wait in a bounded number', () => {
    for (let n = 1; n <= PENDING_PER_ACCOUNT_MAX; n++) {
      expect(refusal(transfer({ sequenceNumber: BigInt(n) }))).toBeUndefined();
    }
    const next = BigInt(PENDING_PER_ACCOUNT_MAX + 1);
    expect(refusal(transfer({ sequenceNumber: next }))).toEqual({ kind: 'mempool', reason: 'tooManyForAccount' });
  });

  it('stop waiting when the transaction expires', () => {
    const bytes = transfer({ sequenceNumber: 1n });
    const submitted = chain.submit(bytes);
    if (!submitted.ok) throw new Error('submitted');
    const hash = toHex(submitted.value.hash);
    expect(chain.pending(hash)).toBeDefined();
    nowMicros += 61_000_000n;
    expect(chain.pending(hash)).toBeUndefined();
  });
});

describe('the prologue refuses', () => {
  const cases: readonly (readonly [string, () => Uint8Array])[] = [
    ['INVALID_SIGNATURE', () => flipped(transfer(), 100)],
    ['INVALID_AUTH_KEY', () => transfer({}, mallory, alice)],
    ['BAD_CHAIN_ID', () => transfer({ chainId: 1 })],
    ['TRANSACTION_EXPIRED', () => transfer({ expires: START_SECS })],
    ['INSUFFICIENT_BALANCE_FOR_TRANSACTION_FEE', () => transfer({ maxGas: 2_000_000n })],
    ['INSUFFICIENT_BALANCE_FOR_TRANSACTION_FEE', () => transfer({}, mallory, mallory)],
    ['MAX_GAS_UNITS_EXCEEDS_MAX_GAS_UNITS_BOUND', () => transfer({ maxGas: 20_000_001n })],
    ['MAX_GAS_UNITS_BELOW_MIN_TRANSACTION_GAS_UNITS', () => transfer({ maxGas: 27n })],
    ['GAS_UNIT_PRICE_BELOW_MIN_BOUND', () => transfer({ price: 99n })],
    ['GAS_UNIT_PRICE_ABOVE_MAX_BOUND', () => transfer({ price: 10_000_000_001n })],
    ['SEQUENCE_NUMBER_TOO_BIG', () => transfer({ sequenceNumber: (1n << 64n) - 1n })],
  ];
  it.each(cases)('%s', (discard, make) => {
    const before = chain.ledger.length;
    expect(refusal(make())).toEqual({ kind: 'discarded', discard });
    expect(chain.ledger.length).toBe(before);
  });

  it('what Aptos knows and this chain does not', () => {
    const transaction = raw(alice, {});
    const call = '0x1::wallet::check';
    const senderAuthenticator = new AccountAuthenticatorAbstraction(call, new Uint8Array(32), new Uint8Array(9));
    expect(refusal(generateSignedTransaction({ transaction, senderAuthenticator }))).toEqual({
      kind: 'discarded',
      discard: 'FEATURE_UNDER_GATING',
      feature: 'account abstraction',
    });
  });

  it('what is no transaction', () => {
    expect(refusal(new Uint8Array(10))).toMatchObject({ kind: 'malformed' });
    const discard = 'EXCEEDED_MAX_TRANSACTION_SIZE';
    expect(refusal(new Uint8Array(TRANSACTION_SIZE_MAX + 1))).toEqual({ kind: 'discarded', discard });
  });
});

describe('a simulation', () => {
  function simulate(fields: Fields, options = {}) {
    const bytes = generateSignedTransactionForSimulation({
      transaction: raw(alice, fields),
      signerPublicKey: alice.publicKey,
    });
    return chain.simulate(bytes, options);
  }

  it('says what would happen and changes nothing', () => {
    const before = chain.ledger.length;
    const result = simulate({ amount: 5n });
    expect(result).toMatchObject({ ok: true, value: { outcome: { status: { kind: 'executed' } } } });
    expect(chain.ledger.length).toBe(before);
    expect(balance(bob)).toBe(0n);
    expect(refusal(transfer({ amount: 5n }))).toBeUndefined();
    const real = chain.ledger.tip.outcome;
    if (result.ok && typeof result.value.outcome !== 'string') expect(result.value.outcome.gasUsed).toBe(real.gasUsed);
  });

  it('refuses a transaction that could be submitted', () => {
    expect(chain.simulate(transfer())).toEqual({ ok: false, error: { kind: 'validSignature' } });
  });

  it('shows a discard as the outcome', () => {
    expect(simulate({ sequenceNumber: 9n })).toMatchObject({ value: { outcome: 'SEQUENCE_NUMBER_TOO_NEW' } });
  });

  it('can estimate how much gas the sender can pay', () => {
    expect(simulate({ maxGas: 2_000_000n })).toMatchObject({
      value: { outcome: 'INSUFFICIENT_BALANCE_FOR_TRANSACTION_FEE' },
    });
    expect(simulate({ maxGas: 2_000_000n }, { estimateMaxGas: true })).toMatchObject({
      value: { outcome: { status: { kind: 'executed' } }, transaction: { raw: { maxGasAmount: 1_000_000n } } },
    });
  });
});

describe('time', () => {
  it('goes forward even if the clock stands still or goes back', () => {
    const first = chain.ledger.tip.timestampMicros;
    expect(refusal(transfer())).toBeUndefined();
    nowMicros -= 5_000_000n;
    expect(refusal(transfer({ sequenceNumber: 1n }))).toBeUndefined();
    expect(chain.ledger.tip.timestampMicros).toBe(first + 2n);
  });
});

describe('a block that cannot be stored', () => {
  it('does not happen', () => {
    let fail = false;
    const other = new Chain({
      vm: new ScriptedVm(),
      chainId: 4,
      clock: () => nowMicros,
      persist: () => {
        if (fail) throw new Error('disk full');
      },
    });
    const framework = readPackage(FRAMEWORK_PACKAGE);
    other.restore(genesisBlock(other.vm, { chainId: 4, timestampMicros: nowMicros, framework, packages: [] }));
    fund(other, address(alice), APT);
    fail = true;
    expect(() => other.submit(transfer())).toThrow('disk full');
    expect(other.ledger.length).toBe(3);
    expect(readAccount(other.world.view(), address(alice)).sequenceNumber).toBe(0n);
  });
});
