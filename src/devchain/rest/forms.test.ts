// The forms beside plain JSON: answers in BCS, read back by ts-sdk where it can; transactions sent in JSON by a client without BCS; events of
// handles; the node's description of itself.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  Account,
  AccountAddress,
  Aptos,
  AptosConfig,
  Deserializer,
  type Ed25519Account,
  Network,
  SignedTransaction,
  StructTag,
  TypeTagStruct,
} from '@aptos-labs/ts-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeBcs } from '../../base/bcs.ts';
import { fromHex, toHex } from '../../base/bytes.ts';
import { parseAddress, writeAddress } from '../../base/ids.ts';
import type { MoveEvent } from '../../vm/run.ts';
import { type Devchain, startDevchain } from '../server.ts';

const APT = 100_000_000;
const JSON_TYPE = 'application/json';
const BCS_TYPE = 'application/x-bcs';
const BOB = `0x${'b0b'.padStart(64, '0')}`;

let devchain: Devchain;
let aptos: Aptos;
let alice: Ed25519Account;
beforeAll(async () => {
  devchain = await startDevchain({ port: 0, faucetPort: 0, genesisPackages: [] });
  const { nodeUrl: fullnode, faucetUrl: faucet, indexerUrl: indexer } = devchain;
  aptos = new Aptos(new AptosConfig({ network: Network.LOCAL, fullnode, faucet, indexer }));
  alice = Account.generate();
  await aptos.fundAccount({ accountAddress: alice.accountAddress, amount: 100 * APT });
});
afterAll(() => devchain.close());

async function bcs(path: string, init: RequestInit = {}): Promise<Deserializer> {
  const headers = { ...init.headers, accept: BCS_TYPE };
  const response = await fetch(`${devchain.nodeUrl}${path}`, { ...init, headers });
  expect(response.headers.get('content-type')).toBe(BCS_TYPE);
  expect(response.status).toBeLessThan(300);
  return new Deserializer(new Uint8Array(await response.arrayBuffer()));
}

async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${devchain.nodeUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': JSON_TYPE, ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

async function get(path: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${devchain.nodeUrl}${path}`, { headers });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

describe('answers in BCS', () => {
  it('are an account, a resource and a module as they are stored', async () => {
    const account = await bcs(`/accounts/${alice.accountAddress}`);
    expect(account.deserializeBytes()).toEqual(alice.publicKey.authKey().toUint8Array());
    expect(account.deserializeU64()).toBe(0n);
    const unused = await bcs(`/accounts/${BOB}`);
    expect(unused.deserializeBytes()).toEqual(AccountAddress.from(BOB).toUint8Array());
    const chainId = await bcs('/accounts/0x1/resource/0x1::chain_id::ChainId');
    expect(chainId.deserializeU8()).toBe(4);
    const code = await bcs('/accounts/0x1/module/coin');
    const { body } = await get('/accounts/0x1/module/coin');
    expect(code.deserializeFixedBytes(code.remaining())).toEqual(fromHex(body.bytecode));
  });

  it('are resources by type and modules by name, in pages', async () => {
    const resources = await bcs('/accounts/0x1/resources?limit=2');
    expect(resources.deserializeUleb128AsU32()).toBe(2);
    const type = new TypeTagStruct(StructTag.deserialize(resources));
    expect(type.toString()).toMatch(/^0x1::/);
    const modules = await bcs('/accounts/0x1/modules?limit=1');
    expect(modules.deserializeUleb128AsU32()).toBe(1);
    expect(AccountAddress.deserialize(modules).toString()).toBe('0x1');
    expect(modules.deserializeStr()).toBe('acl');
  });

  it('are what a view returns, each value by itself', async () => {
    const body = JSON.stringify({
      function: '0x1::coin::decimals',
      type_arguments: ['0x1::aptos_coin::AptosCoin'],
      arguments: [],
    });
    const values = await bcs('/view', { method: 'POST', headers: { 'content-type': JSON_TYPE }, body });
    expect(values.deserializeUleb128AsU32()).toBe(1);
    expect(values.deserializeBytes()).toEqual(Uint8Array.of(8));
  });

  it('are the ledger, the gas price and a balance', async () => {
    const ledger = await bcs('');
    expect([ledger.deserializeU8(), ledger.deserializeU64()]).toEqual([4, 1n]);
    const estimate = await bcs('/estimate_gas_price');
    expect([estimate.deserializeBool(), estimate.deserializeU64()]).toEqual([true, 100n]);
    const balance = await bcs(`/accounts/${alice.accountAddress}/balance/0xa`);
    expect(balance.deserializeU64()).toBe(BigInt(100 * APT));
  });

  it('are transactions with their outcome: the same bytes alone, in lists and in blocks', async () => {
    const alone = await bcs('/transactions/by_version/2');
    expect(alone.deserializeUleb128AsU32()).toBe(0);
    expect(alone.deserializeU64()).toBe(2n);
    expect(alone.deserializeUleb128AsU32()).toBe(0);
    const sent = SignedTransaction.deserialize(alone);
    const { body } = await get('/transactions/by_version/2');
    expect(sent.raw_txn.sender.toString()).toBe(body.sender);
    expect(alone.deserializeUleb128AsU32()).toBe(0);
    expect(alone.deserializeU64()).toBe(BigInt(body.gas_used));
    // Success, then the hashes.
    expect(alone.deserializeUleb128AsU32()).toBe(0);
    expect(alone.deserializeBytes()).toEqual(fromHex(body.hash));
    const list = await bcs('/transactions?start=0&limit=2');
    expect(list.deserializeUleb128AsU32()).toBe(2);
    const block = await bcs(`/blocks/by_version/2?with_transactions=true`);
    expect(block.deserializeU64()).toBe(1n);
    const metadata = await bcs('/transactions/by_version/1');
    expect([metadata.deserializeUleb128AsU32(), metadata.deserializeU64()]).toEqual([0, 1n]);
    // Of the chain's own: the block's id, epoch and round.
    expect([metadata.deserializeUleb128AsU32(), metadata.deserializeBytes().length]).toEqual([2, 32]);
    expect([metadata.deserializeU64(), metadata.deserializeU64()]).toEqual([1n, 1n]);
    const { body: waiting } = await get('/transactions?limit=1');
    expect((await bcs(`/transactions/by_hash/${waiting[0].hash}`)).deserializeUleb128AsU32()).toBe(0);
  });

  it('are not given where the client names JSON first, or neither', async () => {
    for (const accept of [`${JSON_TYPE}, ${BCS_TYPE}`, 'text/html', '*/*']) {
      const { headers } = await get('', { accept });
      expect(headers.get('content-type')).toBe(JSON_TYPE);
    }
  });
});

describe('a transaction in JSON', () => {
  async function draft(amount: string) {
    const { body: account } = await get(`/accounts/${alice.accountAddress}`);
    return {
      sender: alice.accountAddress.toString(),
      sequence_number: account.sequence_number,
      max_gas_amount: '200000',
      gas_unit_price: '100',
      expiration_timestamp_secs: String(Math.floor(Date.now() / 1000) + 60),
      payload: {
        type: 'entry_function_payload',
        function: '0x1::aptos_account::transfer',
        type_arguments: [],
        arguments: [BOB, amount],
      },
    };
  }

  async function signed(transaction: object, signer = alice) {
    const { body: message } = await post('/transactions/encode_submission', transaction);
    const signature = signer.sign(fromHex(message));
    return {
      ...transaction,
      signature: {
        type: 'ed25519_signature',
        public_key: signer.publicKey.toString(),
        signature: signature.toString(),
      },
    };
  }

  it('is signed by what the node says is to be signed, sent and executed', async () => {
    const { status, body } = await post('/transactions', await signed(await draft('5')));
    expect(status).toBe(202);
    expect(body).toMatchObject({
      type: 'pending_transaction',
      payload: { arguments: [BOB, '5'] },
    });
    const { body: done } = await get(`/transactions/wait_by_hash/${body.hash}`);
    expect(done).toMatchObject({ success: true, signature: { type: 'ed25519_signature' } });
  });

  it('is signed in the same bytes that ts-sdk signs', async () => {
    const json = await draft('6');
    const built = await aptos.transaction.build.simple({
      sender: alice.accountAddress,
      data: { function: '0x1::aptos_account::transfer', functionArguments: [BOB, 6] },
      options: {
        maxGasAmount: Number(json.max_gas_amount),
        gasUnitPrice: Number(json.gas_unit_price),
        expireTimestamp: Number(json.expiration_timestamp_secs),
      },
    });
    const { body: message } = await post('/transactions/encode_submission', json);
    expect(fromHex(message)).toEqual(aptos.getSigningMessage({ transaction: built }));
  });

  it('comes with a nonce in place of a number, and in batches', async () => {
    const orderless = await signed({ ...(await draft('7')), replay_protection_nonce: '77' });
    const { status, body } = await post('/transactions/batch', [orderless, await signed(await draft('8')), orderless]);
    expect(status).toBe(206);
    expect(body.transaction_failures).toEqual([
      { transaction_index: 2, error: expect.objectContaining({ error_code: 'vm_error' }) },
    ]);
  });

  it('is a script, its arguments as its bytecode has them', async () => {
    const code = `0x${toHex(readFileSync(join(import.meta.dirname, '../fixtures/scripts/split.mv')))}`;
    const payload = {
      type: 'script_payload',
      code: { bytecode: code },
      type_arguments: ['0x1::aptos_coin::AptosCoin'],
      arguments: [BOB, `0x${'c'.repeat(64)}`, ['3', '4'], true],
    };
    const before = await aptos.getAccountAPTAmount({ accountAddress: BOB });
    const { status, body } = await post('/transactions', await signed({ ...(await draft('0')), payload }));
    expect(status, JSON.stringify(body)).toBe(202);
    const { body: done } = await get(`/transactions/wait_by_hash/${body.hash}`);
    expect(done).toMatchObject({
      success: true,
      payload: {
        type: 'script_payload',
        arguments: [BOB, `0x${'c'.repeat(64)}`, '0x0203000000000000000400000000000000', true],
      },
    });
    expect(await aptos.getAccountAPTAmount({ accountAddress: BOB })).toBe(before + 3);
    const few = { ...payload, arguments: [BOB] };
    expect((await post('/transactions/encode_submission', { ...(await draft('0')), payload: few })).status).toBe(400);
  });

  it('comes from several signers, and is simulated', async () => {
    const zero = `0x${'00'.repeat(64)}`;
    const signer = { type: 'ed25519_signature', public_key: alice.publicKey.toString(), signature: zero };
    const agents = { secondary_signer_addresses: [], secondary_signers: [] };
    for (const signature of [
      signer,
      {
        type: 'fee_payer_signature',
        sender: signer,
        ...agents,
        fee_payer_address: signer.public_key,
        fee_payer_signer: { type: 'no_account_signature' },
      },
      { type: 'multi_agent_signature', sender: signer, ...agents },
      {
        type: 'single_sender',
        public_key: { type: 'ed25519', value: signer.public_key },
        signature: { type: 'ed25519', value: zero },
      },
    ]) {
      const { status, body } = await post('/transactions/simulate', { ...(await draft('9')), signature });
      expect(status, JSON.stringify(body)).toBe(200);
      expect(body[0].signature.type).toBe(signature.type);
    }
  });

  it.each([
    ['no signature', {}],
    ['a signature of no kind', { signature: { type: 'wax' } }],
    [
      'a payload of no kind',
      { payload: { type: 'module_bundle_payload' }, signature: { type: 'no_account_signature' } },
    ],
    [
      'another number of arguments',
      { payload: { type: 'entry_function_payload', function: '0x1::aptos_account::transfer', arguments: ['1'] } },
    ],
    [
      'a function that is not there',
      { payload: { type: 'entry_function_payload', function: '0x1::aptos_account::nothing' } },
    ],
    ['a script that is none', { payload: { type: 'script_payload', code: { bytecode: '0x00' }, arguments: ['1'] } }],
    ['a number that is none', { sequence_number: 7 }],
  ])('is refused with %s', async (_name, part) => {
    const { status, body } = await post('/transactions', { ...(await draft('1')), ...part });
    expect(status).toBe(400);
    expect(body).toMatchObject({ error_code: 'invalid_input' });
  });
});

describe('events of a handle', () => {
  it('are found by their number and by the field that has the handle', async () => {
    const { chain } = devchain;
    const { transaction: _none, ...tip } = chain.ledger.tip;
    const address = parseAddress(alice.accountAddress.toString());
    // No function of the framework still emits to a handle, so that a block is made up: two numbers under the account's second handle.
    const guid = encodeBcs((writer) => writeAddress(writer.u64(1n), address));
    const events = [5n, 6n].map((sequence): MoveEvent => {
      return {
        type: { kind: 'u64' },
        data: encodeBcs((writer) => writer.u64(sequence * 10n)),
        handle: { guid, sequence },
      };
    });
    const { version } = chain.restore({ ...tip, outcome: { ...tip.outcome, changes: [], modules: [], events } });
    const expected = ['5', '6'].map((number) => ({
      version: String(version),
      guid: { creation_number: '1', account_address: alice.accountAddress.toString() },
      sequence_number: number,
      type: 'u64',
      data: `${number}0`,
    }));
    const path = `/accounts/${address}/events`;
    expect((await get(`${path}/1`)).body).toEqual(expected);
    expect((await get(`${path}/1?limit=1`)).body).toEqual(expected.slice(1));
    expect((await get(`${path}/1?start=0&limit=1`)).body).toEqual(expected.slice(0, 1));
    expect((await get(`${path}/1?start=7`)).body).toEqual([]);
    expect((await get(`${path}/0`)).body).toEqual([]);
    expect((await get(`${path}/0x1::account::Account/key_rotation_events`)).body).toEqual(expected);
    expect((await bcs(`${path}/1`)).deserializeUleb128AsU32()).toBe(2);
  });

  it('are not found where there is no handle', async () => {
    const { status, body } = await get('/accounts/0x1/events/0x1::chain_id::ChainId/nothing');
    expect([status, body.error_code]).toEqual([404, 'struct_field_not_found']);
    const other = await get('/accounts/0x1/events/0x1::chain_id::ChainId/id');
    expect([other.status, other.body.error_code]).toEqual([404, 'struct_field_not_found']);
  });
});

describe('the node’s word on itself', () => {
  it('lists its routes', async () => {
    const { body } = await get('/spec.json');
    expect(Object.keys(body.paths)).toContain('/accounts/{address}/resource/{resource_type}');
    const page = await fetch(`${devchain.nodeUrl}/spec`);
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(await page.text()).toContain('/v1/transactions/encode_submission');
    expect((await get('/info')).body).toMatchObject({ chain_id: '4' });
  });
});
