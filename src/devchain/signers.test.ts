// Who has to sign a transaction of several, and what is refused, rule by rule: ts-sdk's transactions, a scripted VM.

import {
  Account,
  AccountAddress,
  type AccountAuthenticator,
  AccountAuthenticatorNoAccountAuthenticator,
  ChainId,
  EntryFunction,
  generateSigningMessageForTransaction,
  MultiAgentTransaction,
  RawTransaction,
  SignedTransaction,
  SimpleTransaction,
  TransactionAuthenticatorFeePayer,
  TransactionAuthenticatorMultiAgent,
  TransactionPayloadEntryFunction,
  U64,
} from '@aptos-labs/ts-sdk';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Address, parseAddress } from '../base/ids.ts';
import { readBalance } from './accounts.ts';
import { Chain, type SubmitRefusal } from './chain.ts';
import { fund } from './faucet.ts';
import { FRAMEWORK_PACKAGE, genesisBlock, readPackage } from './genesis.ts';
import { ScriptedVm } from './scripted-vm.suite.ts';

const START_SECS = 1_800_000_000n;
const APT = 100_000_000n;
const [alice, bob, carol, dave] = [Account.generate(), Account.generate(), Account.generate(), Account.generate()];
const framework = readPackage(FRAMEWORK_PACKAGE);

let chain: Chain;
beforeEach(() => {
  const nowMicros = START_SECS * 1_000_000n;
  chain = new Chain({ vm: new ScriptedVm(), chainId: 4, clock: () => nowMicros });
  chain.restore(genesisBlock(chain.vm, { chainId: 4, timestampMicros: nowMicros, framework, packages: [] }));
  for (const account of [alice, dave]) expect(fund(chain, address(account), APT)).toMatch(/^0x/);
});

function address(account: Account): Address {
  return parseAddress(account.accountAddress.toStringLong());
}

const raw = () =>
  new RawTransaction(
    alice.accountAddress,
    0n,
    new TransactionPayloadEntryFunction(
      EntryFunction.build('0x1::aptos_account', 'transfer', [], [bob.accountAddress, new U64(1)]),
    ),
    10_000n,
    100n,
    START_SECS + 60n,
    new ChainId(4),
  );

/** What `signer` signs when the others are these. */
function sign(signer: Account, others: AccountAddress[], payer?: AccountAddress): AccountAuthenticator {
  const transaction = payer
    ? new MultiAgentTransaction(raw(), others, payer)
    : new MultiAgentTransaction(raw(), others);
  return signer.signWithAuthenticator(generateSigningMessageForTransaction(transaction));
}

function encode(authenticator: TransactionAuthenticatorMultiAgent | TransactionAuthenticatorFeePayer): Uint8Array {
  return new SignedTransaction(raw(), authenticator).bcsToBytes();
}

function multiAgent(others: Account[], signers = others): Uint8Array {
  const addresses = others.map(({ accountAddress }) => accountAddress);
  const signed = signers.map((signer) => sign(signer, addresses));
  return encode(new TransactionAuthenticatorMultiAgent(sign(alice, addresses), addresses, signed));
}

function sponsored(payer: Account, signedFor: { readonly sender: AccountAddress; readonly payer: AccountAddress }) {
  const authenticator = sign(payer, [], signedFor.payer);
  const fee = { address: payer.accountAddress, authenticator };
  return encode(new TransactionAuthenticatorFeePayer(sign(alice, [], signedFor.sender), [], [], fee));
}

function refusal(bytes: Uint8Array): SubmitRefusal | undefined {
  const result = chain.submit(bytes);
  return result.ok ? undefined : result.error;
}

const discarded = (discard: string) => ({ kind: 'discarded', discard });

describe('several agents', () => {
  it('sign in the order of their addresses', () => {
    expect(refusal(multiAgent([bob, carol], [carol, bob]))).toEqual(discarded('INVALID_AUTH_KEY'));
    expect(refusal(multiAgent([bob, carol]))).toBeUndefined();
  });

  it('sign the same list of them', () => {
    const addresses = [bob.accountAddress, carol.accountAddress];
    const signed = [sign(bob, addresses), sign(carol, [carol.accountAddress, bob.accountAddress])];
    const bytes = encode(new TransactionAuthenticatorMultiAgent(sign(alice, addresses), addresses, signed));
    expect(refusal(bytes)).toEqual(discarded('INVALID_SIGNATURE'));
  });

  it('are each there once', () => {
    expect(refusal(multiAgent([bob, bob]))).toEqual(discarded('SIGNERS_CONTAIN_DUPLICATES'));
    expect(refusal(multiAgent([alice]))).toEqual(discarded('SIGNERS_CONTAIN_DUPLICATES'));
  });

  it('all sign', () => {
    expect(refusal(multiAgent([bob, carol], [bob]))).toEqual(discarded('SECONDARY_KEYS_ADDRESSES_COUNT_MISMATCH'));
    expect(refusal(multiAgent([bob], [bob, carol]))).toEqual(discarded('SECONDARY_KEYS_ADDRESSES_COUNT_MISMATCH'));
    expect(refusal(multiAgent([bob, carol], [bob, dave]))).toEqual(discarded('INVALID_AUTH_KEY'));
  });

  it('sign for themselves: nobody is left out outside of a simulation', () => {
    const addresses = [bob.accountAddress];
    const none = new AccountAuthenticatorNoAccountAuthenticator();
    const bytes = encode(new TransactionAuthenticatorMultiAgent(sign(alice, addresses), addresses, [none]));
    expect(refusal(bytes)).toEqual(discarded('INVALID_SIGNATURE'));
  });
});

describe('a sponsor', () => {
  const nobody = AccountAddress.ZERO;
  const balance = (account: Account) => readBalance(chain.world.view(), address(account));

  it('pays in place of the sender', () => {
    expect(refusal(sponsored(dave, { sender: dave.accountAddress, payer: dave.accountAddress }))).toBeUndefined();
    const { gasUsed } = chain.ledger.tip.outcome;
    expect([balance(alice), balance(dave)]).toEqual([APT - 1n, APT - gasUsed * 100n]);
  });

  it('may be found after the sender has signed', () => {
    expect(refusal(sponsored(dave, { sender: nobody, payer: dave.accountAddress }))).toBeUndefined();
  });

  it('signs that it is the one who pays', () => {
    const invalid = discarded('INVALID_SIGNATURE');
    expect(refusal(sponsored(dave, { sender: nobody, payer: nobody }))).toEqual(invalid);
    expect(refusal(sponsored(dave, { sender: bob.accountAddress, payer: dave.accountAddress }))).toEqual(invalid);
  });

  it('has what the fee may come to', () => {
    const poor = discarded('INSUFFICIENT_BALANCE_FOR_TRANSACTION_FEE');
    expect(refusal(sponsored(bob, { sender: bob.accountAddress, payer: bob.accountAddress }))).toEqual(poor);
  });

  it('holds the key of its address', () => {
    const authenticator = sign(bob, [], dave.accountAddress);
    const fee = { address: dave.accountAddress, authenticator };
    const sender = sign(alice, [], dave.accountAddress);
    const bytes = encode(new TransactionAuthenticatorFeePayer(sender, [], [], fee));
    expect(refusal(bytes)).toEqual(discarded('INVALID_AUTH_KEY'));
  });

  it('may be one of the agents', () => {
    const [others, payer] = [[dave.accountAddress], dave.accountAddress];
    const fee = { address: payer, authenticator: sign(dave, others, payer) };
    const agents = [sign(dave, others, payer)];
    const bytes = encode(new TransactionAuthenticatorFeePayer(sign(alice, others, payer), others, agents, fee));
    expect(refusal(bytes)).toBeUndefined();
  });

  it('signs no transaction of one signer', () => {
    // Signed as if alone, sent with a sponsor.
    const alone = alice.signWithAuthenticator(generateSigningMessageForTransaction(new SimpleTransaction(raw())));
    const fee = { address: dave.accountAddress, authenticator: sign(dave, [], dave.accountAddress) };
    const bytes = encode(new TransactionAuthenticatorFeePayer(alone, [], [], fee));
    expect(refusal(bytes)).toEqual(discarded('INVALID_SIGNATURE'));
  });
});
