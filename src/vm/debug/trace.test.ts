// Traced runs: the same result as any run, every instruction with its operands, call stacks, source lines, and aborts in words.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeBcs } from '../../base/bcs.ts';
import { type Bytes, utf8Encode } from '../../base/bytes.ts';
import { addressToBytes, parseAddress } from '../../base/ids.ts';
import { assembleScript } from '../../testing/assemble.ts';
import { moveLoc, pop, ret } from '../../testing/closure-programs.ts';
import { ModuleDraft } from '../../testing/module-draft.ts';
import { type RecordedStory, requestOf } from '../../testing/recorded-stories.ts';
import { moduleBytes, TestState } from '../../testing/test-state.ts';
import type { SignatureToken } from '../bytecode/module.ts';
import { DEFAULT_LIMITS, MoveVm } from '../index.ts';
import type { RunRequest } from '../run.ts';
import { explainStatus } from './explain.ts';
import { SourceMaps } from './source-maps.ts';
import { formatStack, formatStep, type TraceOptions, type TraceStep } from './trace.ts';

const FIXTURES = path.resolve(import.meta.dirname, '../fixtures');
const FRAMEWORK = path.resolve(import.meta.dirname, '../../../move/framework/bytecode');
const DEBUG = path.join(FIXTURES, 'debug');
const stories = JSON.parse(readFileSync(path.join(FIXTURES, 'recorded.json'), 'utf8')) as RecordedStory[];
const modules = [FRAMEWORK, path.join(FIXTURES, 'bytecode'), DEBUG].flatMap(moduleBytes);
const sources = new SourceMaps()
  .addMap(new Uint8Array(readFileSync(path.join(DEBUG, 'shop.mvsm'))))
  .addFile('shop.move', readFileSync(path.join(DEBUG, 'shop.move'), 'utf8'));

const OWNER = parseAddress('0xa11ce');
const text = (value: string): Bytes => encodeBcs((w) => w.bytes(utf8Encode(value)));
const u64 = (value: bigint): Bytes => encodeBcs((w) => w.u64(value));

function request(module: string, name: string, args: readonly Bytes[], senders = [OWNER]): RunRequest {
  const call = { module: { address: parseAddress('0xcafe'), name: module }, function: name, typeArgs: [], args };
  return { call, senders, gasLimit: 10_000n, transactionHash: new Uint8Array(32), access: 'any' };
}

function shop(): { vm: MoveVm; state: TestState } {
  const vm = new MoveVm();
  const state = new TestState(modules);
  state.apply(vm.run(state, request('shop', 'open', [])).changes);
  const tea = request('shop', 'stock', [text('tea'), u64(3n), Uint8Array.of(1, 0, 0, 0)]);
  state.apply(vm.run(state, tea).changes);
  return { vm, state };
}

function steps(vm: MoveVm, state: TestState, asked: RunRequest, options: TraceOptions = {}): TraceStep[] {
  const seen: TraceStep[] = [];
  vm.trace(state, asked, { ...options, onStep: (step) => seen.push(step) });
  return seen;
}

describe('a traced run', () => {
  it('ends as any run does, in every recorded story', () => {
    const vm = new MoveVm();
    const state = new TestState(modules);
    let told = 0;
    for (const { module, calls } of stories) {
      calls.forEach((call, index) => {
        const { status: _, returns: _returns, writes: _writes, events: _events, ...unrecorded } = call;
        const asked = requestOf(module, unrecorded, index);
        const plain = vm.run(state, asked);
        const onStep = (step: TraceStep): void => {
          told += step.operands.length;
        };
        const { result, stack } = vm.trace(state, asked, { onStep, stepsMax: 2000 });
        expect(result).toEqual(plain);
        if (plain.status.kind !== 'executed' && plain.status.location) {
          expect(stack[0]).toMatchObject(plain.status.location);
          expect(stack.at(-1)?.function).toBe(asked.call.function);
        }
        state.apply(plain.changes);
      });
    }
    expect(told).toBeGreaterThan(10_000);
  }, 60_000);

  it('ends as any run does at every limit of gas, depth, frames and memory', () => {
    for (const limits of [
      DEFAULT_LIMITS,
      { ...DEFAULT_LIMITS, callDepthMax: 8 },
      { ...DEFAULT_LIMITS, arenaBytesMax: 65_536 },
      { ...DEFAULT_LIMITS, frameBytesMax: 1024 },
    ]) {
      const vm = new MoveVm({ limits });
      const state = new TestState(modules);
      for (const [name, n] of [
        ['fib', 12n],
        ['shell_sort', 60n],
        ['sum_to', 100n],
        ['nested', undefined],
      ] as const) {
        for (const gasLimit of [0n, 1n, 2n, 5n, 10_000n]) {
          const asked = { ...request('basic', name, n === undefined ? [] : [u64(n)], []), gasLimit };
          expect(vm.trace(state, asked, { onStep: () => undefined }).result).toEqual(vm.run(state, asked));
        }
      }
    }
  });

  it('tells each instruction with the operands that it meets', () => {
    const vm = new MoveVm();
    const state = new TestState(modules);
    const lines = steps(vm, state, request('basic', 'make_line', [u64(3n), u64(4n)], [])).map(formatStep);
    expect(lines.slice(0, 6)).toEqual([
      '0xcafe::basic::make_line+0 copyLoc 0 []',
      '0xcafe::basic::make_line+1 moveLoc 1 [3]',
      '0xcafe::basic::make_line+2 pack Point [3, 4]',
      '0xcafe::basic::make_line+3 ldU64 0 [{"x":"3","y":"4"}]',
      '0xcafe::basic::make_line+4 ldU64 0 [{"x":"3","y":"4"}, 0]',
      '0xcafe::basic::make_line+5 pack Point [{"x":"3","y":"4"}, 0, 0]',
    ]);
    const shopSteps = steps(shop().vm, shop().state, request('shop', 'cut', [text('tea'), u64(1n)], []), { sources });
    expect(shopSteps[0] && formatStep(shopSteps[0])).toBe(
      '0xcafe::shop::cut+0 immBorrowLoc name []  // shop.move:53:28',
    );
    const depths = steps(vm, state, request('basic', 'fib', [u64(3n)], [])).map(({ depth }) => depth);
    expect(Math.max(...depths)).toBe(2);
  });

  it('tells what references point at, and leaves out what is too large', () => {
    const { vm, state } = shop();
    const asked = request('shop', 'buy', [addressToBytes(OWNER), text('tea'), u64(3n)]);
    const operands = steps(vm, state, asked).flatMap((step) => step.operands);
    expect(operands).toContainEqual({
      type: '&mut 0xcafe::shop::Article',
      value: { name: 'tea', price: '3', left: 1 },
    });
    const brief = steps(vm, state, asked, { valueBytesMax: 4 }).flatMap((step) => step.operands);
    expect(brief).toContainEqual({ type: '&mut 0xcafe::shop::Article' });
  });

  it('gives up telling after so many steps, and runs on', () => {
    const vm = new MoveVm();
    const state = new TestState(modules);
    const asked = request('basic', 'sum_to', [u64(100n)], []);
    expect(steps(vm, state, asked, { stepsMax: 10 })).toHaveLength(10);
    expect(vm.trace(state, asked, { stepsMax: 10 }).steps).toBeGreaterThan(1000);
  });
});

describe('where a run stopped', () => {
  it('is told through all callers, with source lines', () => {
    const { vm, state } = shop();
    const wrongPrice = vm.trace(state, request('shop', 'buy', [addressToBytes(OWNER), text('tea'), u64(4n)]), {
      sources,
    });
    expect(explainStatus(wrongPrice.result.status)).toBe(
      `aborted in 0xcafe::shop::pay at ${wrongPrice.stack[0]?.offset}: EPRICE, The price does not fit. (code 77)`,
    );
    expect(wrongPrice.stack.map(({ function: name, source }) => [name, source?.line, source?.column])).toEqual([
      ['pay', 48, 9],
      ['buy', 31, 9],
    ]);
    expect(wrongPrice.stack[1]?.source).toMatchObject({ file: 'shop.move', text: 'pay(article, paid)' });
    expect(formatStack(wrongPrice.stack)).toMatch(
      /^at 0xcafe::shop::pay\+\d+ \(shop\.move:48:9\)\nat 0xcafe::shop::buy\+\d+ \(shop\.move:31:9\)$/,
    );
  });

  it('is told for what the VM stops, for natives, and for gas', () => {
    const { vm, state } = shop();
    const buy = request('shop', 'buy', [addressToBytes(OWNER), text('tea'), u64(3n)]);
    state.apply(vm.run(state, buy).changes);
    const soldOut = vm.trace(state, buy, { sources });
    expect(soldOut.result.status).toMatchObject({ kind: 'failure', code: 'ARITHMETIC_ERROR' });
    expect(soldOut.stack[0]?.source).toMatchObject({ line: 49, text: 'article.left - 1' });
    const cut = vm.trace(state, request('shop', 'cut', [text('ü'), u64(1n)], []), { sources });
    expect(cut.stack.map(({ function: name }) => name)).toEqual(['sub_string', 'cut']);
    const broke = vm.trace(state, { ...request('basic', 'fib', [u64(20n)], []), gasLimit: 1n });
    expect(broke.result.status).toMatchObject({ code: 'OUT_OF_GAS' });
    expect(broke.stack.length).toBeGreaterThan(3);
    expect(new Set(broke.stack.map(({ function: name }) => name))).toEqual(new Set(['fib']));
  });

  it('is in words: constant, doc comment and category', () => {
    const { vm, state } = shop();
    const stranger = request(
      'shop',
      'stock',
      [text('tea'), u64(3n), Uint8Array.of(1, 0, 0, 0)],
      [parseAddress('0xb0b')],
    );
    expect(explainStatus(vm.run(state, stranger).status)).toMatch(
      /^aborted in 0xcafe::shop::stock at \d+: ENOT_OWNER, Only the owner of the shop does that\. \(PERMISSION_DENIED, code 0x50002\)$/,
    );
    const missing = request('shop', 'buy', [addressToBytes(OWNER), text('salt'), u64(3n)]);
    expect(explainStatus(vm.run(state, missing).status)).toMatch(/ENO_ARTICLE, .* \(NOT_FOUND, code 0x60001\)$/);
  });

  it('is told for scripts', () => {
    const { vm, state } = shop();
    const draft = new ModuleDraft('script', 7);
    const cafe = draft.module('shop', parseAddress('0xcafe'));
    const address = { kind: 'address' } as const;
    const look = draft.functionHandle(cafe, 'look', {
      parameters: [address],
      returns: [U128, ARTICLES(draft, cafe), BYTES],
    });
    const code = assembleScript(
      draft.buildScript({
        parameters: [address],
        code: [moveLoc(0), { op: 'call', index: look }, pop, pop, pop, ret],
      }),
    );
    const script = (owner: string) => ({
      script: { code, typeArgs: [], args: [addressToBytes(parseAddress(owner))] },
      senders: [OWNER],
      gasLimit: 1000n,
      transactionHash: new Uint8Array(32),
    });
    for (const owner of ['0xa11ce', '0xb0b']) {
      const lines: string[] = [];
      const { result, stack } = vm.traceScript(state, script(owner), {
        onStep: (step) => lines.push(formatStep(step)),
      });
      expect(result).toEqual(vm.runScript(state, script(owner)));
      expect(lines[0]).toBe('script+0 moveLoc 0 []');
      if (owner === '0xa11ce') expect(lines.at(-1)).toBe('script+5 ret []');
      else
        expect(stack.map(({ module, function: name }) => [module === 'script', name])).toEqual([
          [false, 'look'],
          [true, 'main'],
        ]);
    }
  });
});

const U128 = { kind: 'u128' } as const;
const BYTES = { kind: 'vector', inner: { kind: 'u8' } } as const;
const ARTICLES = (draft: ModuleDraft, module: number): SignatureToken => ({
  kind: 'vector',
  inner: { kind: 'struct', handle: draft.structHandle(module, 'Article', { abilities: 7 }), typeArgs: [] },
});
