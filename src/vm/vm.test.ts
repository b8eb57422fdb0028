// What a run may ask, what it costs, what bounds it, and which code it meets.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeBcs } from '../base/bcs.ts';
import { type Bytes, concatBytes, fromHex } from '../base/bytes.ts';
import { type Address, addressToBytes, parseAddress } from '../base/ids.ts';
import type { StateView } from '../base/state.ts';
import { parseTypeTag } from '../base/type-tag.ts';
import { moduleBytes, TestState } from '../testing/test-state.ts';
import { DEFAULT_LIMITS, MoveVm, type RunRequest, type RunResult } from './index.ts';

const FIXTURES = path.join(import.meta.dirname, 'fixtures/bytecode');
const modules = [path.resolve(import.meta.dirname, '../../move/framework/bytecode'), FIXTURES].flatMap(moduleBytes);
const state = new TestState(modules);
const vm = new MoveVm();
const [alice, bob] = [parseAddress('0xa11ce'), parseAddress('0xb0b')];

interface Ask extends Partial<Omit<RunRequest, 'call'>> {
  readonly args?: readonly Bytes[];
  readonly typeArgs?: readonly string[];
  readonly view?: StateView;
  readonly vm?: MoveVm;
}

function run(name: string, ask: Ask = {}): RunResult {
  const [address, module, fn] = name.includes('::') ? name.split('::') : ['0xcafe', 'bounds', name];
  return (ask.vm ?? vm).run(ask.view ?? state, {
    call: {
      module: { address: parseAddress(address ?? ''), name: module ?? '' },
      function: fn ?? '',
      typeArgs: (ask.typeArgs ?? []).map((tag) => parseTypeTag(tag)),
      args: ask.args ?? [],
    },
    senders: ask.senders ?? [],
    gasLimit: ask.gasLimit ?? 1_000_000n,
    transactionHash: new Uint8Array(32),
    access: ask.access ?? 'any',
  });
}

function statusOf(result: RunResult): string {
  return result.status.kind === 'failure' ? result.status.code : result.status.kind;
}

const u64 = (value: bigint): Bytes => encodeBcs((writer) => writer.u64(value));
const text = (value: string): Bytes => encodeBcs((writer) => writer.string(value));

describe('gas', () => {
  it('is the same for the same run, grows with the work, and is spent whole when it runs out', () => {
    const used = (n: bigint) => run('0xcafe::basic::sum_to', { args: [u64(n)] }).gasUsed;
    expect(used(100_000n)).toBe(used(100_000n));
    expect(used(200_000n)).toBeGreaterThan(used(100_000n));
    const spent = run('spin', { gasLimit: 50n });
    expect(statusOf(spent)).toBe('OUT_OF_GAS');
    expect(spent.gasUsed).toBe(50n);
  });

  it('leaves no effect when it runs out, wherever that is', () => {
    const whole = run('fill', { args: [u64(2000n)], senders: [alice] });
    expect(whole.changes).toHaveLength(1);
    for (let gasLimit = 0n; gasLimit < whole.gasUsed; gasLimit++) {
      const cut = run('fill', { args: [u64(2000n)], senders: [alice], gasLimit });
      expect(cut).toMatchObject({ changes: [], events: [], returns: [], gasUsed: gasLimit });
      expect(statusOf(cut)).toBe('OUT_OF_GAS');
    }
    expect(statusOf(run('fill', { args: [u64(2000n)], senders: [alice], gasLimit: whole.gasUsed }))).toBe('executed');
  });

  it('may be more than compiled code can count', () => {
    expect(statusOf(run('check', { args: [u64(11n)], gasLimit: 1n << 63n }))).toBe('executed');
  });
});

describe('bounds', () => {
  it('ends a run that makes too much memory, at the same point every time', () => {
    const small = new MoveVm({ limits: { ...DEFAULT_LIMITS, arenaBytesMax: 1 << 20 } });
    const first = run('grow', { vm: small });
    expect(statusOf(first)).toBe('MEMORY_LIMIT_EXCEEDED');
    expect(run('grow', { vm: small }).gasUsed).toBe(first.gasUsed);
    expect(statusOf(run('grow', { gasLimit: 1_000_000_000n }))).toBe('MEMORY_LIMIT_EXCEEDED');
    expect(run('0xcafe::basic::nested', { vm: small }).status.kind).toBe('executed');
  });

  it('ends a recursion of large frames before the engine has to', () => {
    expect(run('wide_from', { args: [u64(100n)] }).status.kind).toBe('executed');
    expect(statusOf(run('wide_from', { args: [u64(1023n)] }))).toBe('CALL_STACK_OVERFLOW');
  });

  it('refuses values larger than a write may be', () => {
    const small = new MoveVm({ limits: { ...DEFAULT_LIMITS, valueBytesMax: 1000 } });
    expect(run('fill', { vm: small, args: [u64(100n)], senders: [alice] }).status.kind).toBe('executed');
    const large = run('fill', { vm: small, args: [u64(130n)], senders: [alice] });
    expect(statusOf(large)).toBe('STORAGE_WRITE_LIMIT_REACHED');
    expect(large.changes).toEqual([]);
  });

  it('refuses an entry point that reaches more code than is compiled', () => {
    const small = new MoveVm({ limits: { ...DEFAULT_LIMITS, instructionsMax: 10 } });
    expect(run('fill', { vm: small, args: [u64(1n)], senders: [alice] }).status).toMatchObject({ code: 'UNSUPPORTED' });
  });
});

describe('what a caller may ask', () => {
  it('calls entry functions as entry, views as view, anything for tools', () => {
    const cases: readonly [name: string, access: RunRequest['access'], status: string][] = [
      ['check', 'entry', 'executed'],
      ['hidden', 'entry', 'executed'],
      ['not_entry', 'entry', 'EXECUTE_ENTRY_FUNCTION_CALLED_ON_NON_ENTRY_FUNCTION'],
      ['look', 'entry', 'EXECUTE_ENTRY_FUNCTION_CALLED_ON_NON_ENTRY_FUNCTION'],
      ['look', 'view', 'executed'],
      ['not_entry', 'view', 'INVALID_MAIN_FUNCTION_SIGNATURE'],
      ['takes_struct', 'any', 'executed'],
      ['not_entry', 'any', 'executed'],
      ['nowhere', 'any', 'FUNCTION_RESOLUTION_FAILURE'],
    ];
    for (const [name, access, status] of cases) {
      expect(statusOf(run(name, { access, args: [u64(11n)] })), `${name} as ${access}`).toBe(status);
    }
    expect(statusOf(run('look', { access: 'view', args: [] }))).toBe('INVALID_MAIN_FUNCTION_SIGNATURE');
    expect(statusOf(run('0xcafe::nowhere::f'))).toBe('LINKER_ERROR');
  });

  it('decodes arguments strictly', () => {
    const good = [
      Uint8Array.of(1),
      Uint8Array.of(255),
      Uint8Array.of(2, 1, 0, 255, 255),
      text('héllo'),
      concatBytes(Uint8Array.of(1), u64(5n)),
      addressToBytes(bob),
      concatBytes(Uint8Array.of(2, 0, 1), text('x')),
    ];
    const ask = (args: readonly Bytes[]) => run('arguments', { access: 'entry', senders: [alice], args });
    expect(ask(good).status).toEqual({ kind: 'executed' });
    const bad: readonly (readonly [index: number, value: Bytes])[] = [
      [0, Uint8Array.of(2)],
      [0, Uint8Array.of(1, 0)],
      [1, Uint8Array.of()],
      [2, Uint8Array.of(2, 1, 0, 255)],
      [2, Uint8Array.of(0x82, 0x00, 1, 0, 255, 255)],
      [2, Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f)],
      [3, Uint8Array.of(3, 0xc3, 0x28)],
      [4, concatBytes(Uint8Array.of(1), u64(5n), u64(6n))],
      [5, new Uint8Array(31)],
      [6, Uint8Array.of(1, 1, 3, 0xc3, 0x28)],
    ];
    for (const [index, value] of bad) {
      const result = ask(good.map((arg, i) => (i === index ? value : arg)));
      expect(statusOf(result), `argument ${index}: ${value.join()}`).toBe('FAILED_TO_DESERIALIZE_ARGUMENT');
    }
    // What is no text, and an option of two, the framework aborts on.
    for (const [index, value, module, code] of [
      [3, Uint8Array.of(2, 0xc3, 0x28), 'string', 1n],
      [6, Uint8Array.of(1, 1, 2, 0xc3, 0x28), 'string', 1n],
      [4, concatBytes(Uint8Array.of(2), u64(5n), u64(6n)), 'option', 0x40002n],
    ] as const) {
      const { status } = ask(good.map((arg, i) => (i === index ? value : arg)));
      expect(status).toMatchObject({ kind: 'abort', code, location: { module: { name: module } } });
    }
    expect(statusOf(ask(good.slice(1)))).toBe('NUMBER_OF_ARGUMENTS_MISMATCH');
    expect(statusOf(ask([...good, u64(1n)]))).toBe('NUMBER_OF_ARGUMENTS_MISMATCH');
  });

  it('counts signers and type arguments, and checks abilities', () => {
    expect(statusOf(run('two', { senders: [alice, bob], access: 'entry' }))).toBe('executed');
    expect(statusOf(run('two', { senders: [alice], access: 'entry' }))).toBe('NUMBER_OF_SIGNER_ARGUMENTS_MISMATCH');
    expect(statusOf(run('check', { senders: [alice], args: [u64(11n)], access: 'entry' }))).toBe('executed');
    expect(statusOf(run('needs_key', { typeArgs: ['0xcafe::bounds::Ledger'] }))).toBe('executed');
    expect(statusOf(run('needs_key', { typeArgs: ['0xcafe::bounds::Big'] }))).toBe('CONSTRAINT_NOT_SATISFIED');
    expect(statusOf(run('needs_key', { typeArgs: ['u64'] }))).toBe('CONSTRAINT_NOT_SATISFIED');
    expect(statusOf(run('needs_key'))).toBe('NUMBER_OF_TYPE_ARGUMENTS_MISMATCH');
    expect(statusOf(run('needs_key', { typeArgs: ['0xcafe::bounds::Gone'] }))).toBe('TYPE_RESOLUTION_FAILURE');
  });

  it('gives the reason of an abort as the module tells it', () => {
    expect(run('check', { args: [u64(1n)] }).status).toMatchObject({
      kind: 'abort',
      code: 7n,
      reason: { name: 'ETOO_SMALL', doc: 'The reason that callers are told.' },
      location: { function: 'check', module: { name: 'bounds' } },
    });
  });

  it('takes type arguments without end and forgets what they made', () => {
    const widths = [8, 16, 32, 64, 128, 256];
    for (let i = 0; i < 600; i++) {
      const [a, b, c, d] = [1, 6, 36, 216].map((place) => `u${widths[Math.floor(i / place) % 6]}`);
      const pair = (left: string, right: string): string => `0x1::simple_map::SimpleMap<${left}, ${right}>`;
      const typeArgs = [pair(pair(a ?? '', b ?? ''), pair(c ?? '', d ?? ''))];
      expect(run('generic', { typeArgs }).status.kind).toBe('executed');
    }
  });
});

describe('code', () => {
  it('names what it does not support, and runs the rest of the module', () => {
    const status = run('0x1::unheard_of::use_it').status;
    expect(status).toMatchObject({
      kind: 'failure',
      code: 'UNSUPPORTED',
      message: expect.stringContaining('0x1::unheard_of::wonder'),
    });
    expect(run('0x1::unheard_of::without_it').status.kind).toBe('executed');
  });

  it('is never run when it is not verified', () => {
    const broken = new TestState([...modules]);
    const bytes = new Uint8Array(readFileSync(path.join(FIXTURES, 'basic.mv')));
    const body = findFail(bytes);
    bytes[body + 2] = 0x02; // abort → ret, with a value left on the stack
    broken.publish([bytes]);
    expect(run('0xcafe::basic::fail', { view: broken, args: [u64(1n)] }).status).toMatchObject({ kind: 'failure' });
    expect(run('0xcafe::basic::fail', { args: [u64(1n)] }).status.kind).toBe('abort');
  });

  it('is compiled anew when the view shows another version, with a code version or without', () => {
    const fresh = new MoveVm();
    const upgraded = upgradedBounds();
    for (const versioned of [true, false]) {
      const chain = new TestState(modules);
      const view = versioned ? chain : withoutVersion(chain);
      const ask = (): bigint | undefined => {
        const { status } = run('check', { vm: fresh, view, args: [u64(1n)] });
        return status.kind === 'abort' ? status.code : undefined;
      };
      expect([ask(), ask()]).toEqual([7n, 7n]);
      chain.publish([upgraded]);
      expect([ask(), ask()]).toEqual([9n, 9n]);
      expect(run('check', { vm: fresh, args: [u64(1n)] }).status).toMatchObject({ code: 7n });
    }
  });

  it('is checked before it is published', () => {
    const sender = parseAddress('0xcafe');
    const code = (name: string): Bytes => new Uint8Array(readFileSync(path.join(FIXTURES, `${name}.mv`)));
    const framework = new TestState(moduleBytes(path.resolve(import.meta.dirname, '../../move/framework/bytecode')));
    const ask = (view: StateView, from: Address, ...bundle: Bytes[]): string => {
      const checked = vm.checkPublish(view, from, bundle);
      return checked.ok ? 'ok' : checked.error.code;
    };
    expect(ask(framework, sender, code('values'), code('storage'))).toBe('ok');
    expect(ask(framework, alice, code('values'))).toBe('MODULE_ADDRESS_DOES_NOT_MATCH_SENDER');
    expect(ask(framework, sender, code('values'), code('values'))).toBe('DUPLICATE_MODULE_NAME');
    expect(ask(new TestState(), sender, code('values'))).toBe('MISSING_DEPENDENCY');
    expect(ask(framework, sender, fromHex('a11ceb0b'))).toBe('CODE_DESERIALIZATION_ERROR');
    expect(ask(state, sender, upgradedBounds())).toBe('ok');
  });
});

/** The same module with another abort code: its constant is the last u64 of value 7 in the code of `check`. */
function upgradedBounds(): Bytes {
  const bytes = new Uint8Array(readFileSync(path.join(FIXTURES, 'bounds.mv')));
  const pattern = concatBytes(Uint8Array.of(0x06), u64(7n), Uint8Array.of(0x27)); // ldU64 7, abort
  const at = bytes.findIndex((_, i) => pattern.every((byte, j) => bytes[i + j] === byte));
  if (at < 0) throw new Error('no such constant');
  bytes[at + 1] = 9;
  return bytes;
}

/** The code of `fun fail(code: u64) { abort code }`: moveLoc 0, abort. */
function findFail(bytes: Bytes): number {
  const at = bytes.findIndex((_, i) => bytes[i] === 0x0b && bytes[i + 1] === 0 && bytes[i + 2] === 0x27);
  if (at < 0) throw new Error('no such code');
  return at;
}

function withoutVersion(view: StateView): StateView {
  return { get: (key) => view.get(key), module: (address, name) => view.module(address, name) };
}
