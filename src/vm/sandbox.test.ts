// MoveSandbox over a WasmFs: what a run gives back, what it writes into the storage directory, what subscribers see.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { WasmFs } from '@wasmer/wasmfs';
import { describe, expect, it } from 'vitest';
import { encodeBcs } from '../base/bcs.ts';
import { addressToBytes, parseAddress } from '../base/ids.ts';
import type { ChangeSet, StateKey } from '../base/state.ts';
import { parseStructTag } from '../base/type-tag.ts';
import { moduleBytes } from '../testing/test-state.ts';
import { MoveSandbox } from './sandbox.ts';

const ALICE = '0xa11ce';
const COUNTER: StateKey = {
  kind: 'resource',
  address: parseAddress(ALICE),
  type: parseStructTag('0xcafe::storage::Counter'),
};
const framework = moduleBytes(path.resolve(import.meta.dirname, '../../move/framework/bytecode'));
const storage = new Uint8Array(readFileSync(path.join(import.meta.dirname, 'fixtures/bytecode/storage.mv')));

function u64(value: bigint): Uint8Array<ArrayBuffer> {
  return encodeBcs((writer) => writer.u64(value));
}

function start(): { readonly wasmfs: WasmFs; readonly sandbox: MoveSandbox } {
  const wasmfs = new WasmFs();
  const sandbox = new MoveSandbox(wasmfs, { storage_dir: '/workspace/storage_dir' });
  sandbox.setAccounts([
    { address: '0x1', modules: framework },
    { address: '0xcafe', modules: [storage] },
    { address: ALICE, resources: [{ type: '0xcafe::storage::Counter', data: u64(5n) }] },
  ]);
  return { wasmfs, sandbox };
}

describe('MoveSandbox', () => {
  it('runs a function, gives the change set and events, and writes the storage directory', () => {
    const { wasmfs, sandbox } = start();
    const result = sandbox.run('0xcafe::storage::bump', [], [addressToBytes(parseAddress(ALICE)), u64(3n)]);
    expect(result.status).toEqual({ kind: 'executed' });
    expect(result.change_sets).toEqual([{ key: COUNTER, old: u64(5n), new: u64(8n) }]);
    expect(result.events).toHaveLength(1);
    expect(result.gas_used).toBeGreaterThan(0n);
    const file = `/workspace/storage_dir/${parseAddress(ALICE)}/resources/${parseAddress('0xcafe')}::storage::Counter.bcs`;
    expect(new Uint8Array(wasmfs.fs.readFileSync(file) as Buffer)).toEqual(u64(8n));
    const modules = wasmfs.fs.readdirSync(`/workspace/storage_dir/${parseAddress('0xcafe')}/modules`);
    expect(modules).toEqual(['storage.mv']);
  });

  it('takes arguments as JSON and signers by address', () => {
    const { sandbox } = start();
    expect(sandbox.run('0xcafe::storage::start', [], ['7'], { signers: ['0xb0b'] }).status.kind).toBe('executed');
    const result = sandbox.run('0xcafe::storage::bump_twice', [], [ALICE, '0xb0b']);
    expect(result.change_sets.map((change) => change.new)).toEqual([u64(14n), u64(6n)]);
  });

  it('changes nothing when the run fails', () => {
    const { sandbox } = start();
    const failed = sandbox.run('0xcafe::storage::abort_late', [], [ALICE], { signers: ['0xb0b'] });
    expect(failed).toMatchObject({ status: { kind: 'abort', code: 42n }, change_sets: [], events: [] });
    expect(sandbox.subscribe()[0]).toEqual([{ key: COUNTER, value: u64(5n) }]);
  });

  it('gives subscribers a snapshot, then every change set, tables too', () => {
    const { sandbox } = start();
    const [snapshot, channel] = sandbox.subscribe();
    expect(snapshot).toEqual([{ key: COUNTER, value: u64(5n) }]);
    const seen: ChangeSet[] = [];
    const stop = channel.on('change_set', (changes) => seen.push(changes));
    sandbox.run('0xcafe::storage::write', [], [], { signers: ['0xb0b'] });
    sandbox.run('0xcafe::storage::touch', [], [ALICE]);
    stop();
    sandbox.run('0xcafe::storage::stop', [], [ALICE]);
    expect(seen).toHaveLength(1);
    expect(seen[0]?.map(({ key }) => key.kind)).toEqual(['resource', 'item', 'item']);
    expect(sandbox.subscribe()[0]).toHaveLength(3);
  });

  it('starts from the storage directory that it finds', () => {
    const { wasmfs, sandbox } = start();
    sandbox.run('0xcafe::storage::bump', [], [ALICE, '1']);
    const again = new MoveSandbox(wasmfs, { storage_dir: '/workspace/storage_dir/' });
    expect(again.run('0xcafe::storage::bump', [], [ALICE, '1']).change_sets).toMatchObject([{ new: u64(7n) }]);
  });
});
