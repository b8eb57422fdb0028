// What the stories recorded from the Rust VM cover: every instruction of versions 5 to 7 is executed, the integer ones at every width, and each way
// to fail is met; every native that the Rust VM shares is called. What is left out is listed with its reason.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { shortAddress } from '../base/ids.ts';
import { type RecordedStory, requestOf } from '../testing/recorded-stories.ts';
import { moduleBytes, TestState } from '../testing/test-state.ts';
import { at, moduleIdAt, moduleKey, operandTarget, selfId } from './bytecode/access.ts';
import { decodeModule } from './bytecode/decode.ts';
import { VERSION_ENUMS } from './bytecode/format.ts';
import type { CompiledModule, Instruction, ModuleId } from './bytecode/module.ts';
import { OPCODES } from './bytecode/opcodes.ts';
import { MoveVm } from './index.ts';
import { nativeNames, STANDARD_NATIVES } from './natives/table.ts';

const FIXTURES = path.join(import.meta.dirname, 'fixtures');
const FRAMEWORK = path.resolve(import.meta.dirname, '../../move/framework/bytecode');
const TIMEOUT_MS = 120_000;
/** Enough of each call: what comes after so many steps are loops. */
const STEPS_MAX = 3_000;

const WIDTHS = ['u8', 'u16', 'u32', 'u64', 'u128', 'u256'];
/** Instructions whose work depends on the width of their first operand. */
const INTEGER_OPS: readonly string[] = [
  ...['add', 'sub', 'mul', 'div', 'mod', 'bitOr', 'bitAnd', 'xor', 'shl', 'shr', 'lt', 'gt', 'le', 'ge', 'eq', 'neq'],
  ...WIDTHS.map((width) => `castU${width.slice(1)}`),
];
/** How instructions fail. Shifts and casts overflow too, but for those that cannot. */
const FAILURES: Readonly<Record<string, readonly string[]>> = {
  ARITHMETIC_ERROR: [
    'add',
    'sub',
    'mul',
    'div',
    'mod',
    'shl',
    'shr',
    'castU8',
    'castU16',
    'castU32',
    'castU64',
    'castU128',
  ],
  VECTOR_OPERATION_ERROR: ['vecImmBorrow', 'vecMutBorrow', 'vecPopBack', 'vecSwap', 'vecUnpack'],
  MISSING_DATA: [
    ...['mutBorrowGlobal', 'immBorrowGlobal', 'moveFrom'],
    ...['mutBorrowGlobalGeneric', 'immBorrowGlobalGeneric', 'moveFromGeneric'],
  ],
  RESOURCE_ALREADY_EXISTS: ['moveTo', 'moveToGeneric'],
  STRUCT_VARIANT_MISMATCH: [
    ...['unpackVariant', 'unpackVariantGeneric', 'immBorrowVariantField', 'mutBorrowVariantField'],
    ...['immBorrowVariantFieldGeneric', 'mutBorrowVariantFieldGeneric'],
  ],
  CALL_STACK_OVERFLOW: ['call'],
};

/** Natives that no story calls, by module or by name. */
const UNSHARED: readonly (readonly [reason: string, names: readonly string[]])[] = [
  [
    'the Rust VM at hand, of another chain, does not have them',
    [
      ...[
        'aggregator',
        'aggregator_factory',
        'aggregator_v2',
        'aptos_hash',
        'cmp',
        'mem',
        'permissioned_signer',
        'randomness',
      ],
      ...[
        'function_info',
        'multi_ed25519',
        'state_storage',
        'bcs::constant_serialized_size',
        'type_info::chain_id_internal',
      ],
      'ed25519::public_key_validate_internal',
    ],
  ],
  [
    'it has them under other names or with other results, and the framework is rewritten for it (scripts/move/test-variant.ts)',
    ['create_signer', 'object', 'event::write_to_event_store', 'util::from_bytes'],
  ],
  ['what a transaction is differs from chain to chain', ['transaction_context', 'code']],
  ['they print, and give nothing that could be compared', ['debug']],
];

interface Met {
  readonly ops: ReadonlySet<string>;
  readonly natives: ReadonlySet<string>;
  /** Of each status: the instructions that ended with it. */
  readonly failures: ReadonlyMap<string, ReadonlySet<string>>;
}

let met: Met;

beforeAll(() => {
  met = retrace();
}, TIMEOUT_MS);

describe('the recorded stories', () => {
  it('execute every instruction of versions 5 to 7', () => {
    const wanted = OPCODES.filter(({ since }) => since <= VERSION_ENUMS).map(({ op }) => op);
    expect(wanted.filter((op) => !met.ops.has(op))).toEqual([]);
  });

  it('execute the integer ones at every width', () => {
    const wanted = INTEGER_OPS.flatMap((op) => WIDTHS.map((width) => `${op} ${width}`));
    expect(wanted.filter((op) => !met.ops.has(op))).toEqual([]);
  });

  it.each(Object.entries(FAILURES))('meet %s wherever it can come from', (status, ops) => {
    expect(ops.filter((op) => !met.failures.get(status)?.has(op))).toEqual([]);
  });

  it('call every native that the Rust VM shares', () => {
    const unshared = new Set(UNSHARED.flatMap(([, names]) => names));
    const isUnshared = (name: string): boolean => {
      const [, module = '', own = ''] = name.split('::');
      return unshared.has(module) || unshared.has(`${module}::${own}`);
    };
    const names = nativeNames(STANDARD_NATIVES);
    expect(names.filter((name) => !met.natives.has(name) && !isUnshared(name))).toEqual([]);
    // Nothing stays on the list that is called.
    expect(
      names.filter((name) => met.natives.has(name) && isUnshared(name) && !name.includes('transaction_context')),
    ).toEqual([]);
  });
});

/** Runs all stories again, step by step. */
function retrace(): Met {
  const stories = JSON.parse(readFileSync(path.join(FIXTURES, 'recorded.json'), 'utf8')) as RecordedStory[];
  const bytes = [FRAMEWORK, path.join(FIXTURES, 'bytecode')].flatMap(moduleBytes);
  const code = new CodeByName(bytes.map((module) => decodeModule(module)));
  const vm = new MoveVm();
  const state = new TestState(bytes);
  const ops = new Set<string>();
  const natives = new Set<string>();
  const failures = new Map<string, Set<string>>();
  for (const { module, calls } of stories) {
    for (const [index, call] of calls.entries()) {
      const { result } = vm.trace(state, requestOf(module, call, index), {
        stepsMax: STEPS_MAX,
        onStep: ({ module: home, function: name, offset, operands }) => {
          if (home === 'script') return;
          const instruction = code.instruction(home, name, offset);
          ops.add(instruction.op);
          const first = operands.at(instruction.op.startsWith('cast') ? -1 : -2)?.type;
          if (first !== undefined) ops.add(`${instruction.op} ${first}`);
          const called = code.calledBy(home, instruction);
          if (called !== undefined) natives.add(called);
        },
      });
      state.apply(result.changes);
      const { status } = result;
      if (status.kind !== 'failure' || !status.location || status.location.module === 'script') continue;
      const { module: home, function: name, offset } = status.location;
      const seen = failures.get(status.code) ?? new Set<string>();
      failures.set(status.code, seen.add(code.instruction(home, name, offset).op));
    }
  }
  return { ops, natives, failures };
}

class CodeByName {
  readonly #modules: ReadonlyMap<string, CompiledModule>;
  readonly #functions = new Map<string, readonly Instruction[]>();

  constructor(modules: readonly CompiledModule[]) {
    this.#modules = new Map(modules.map((module) => [moduleKey(selfId(module)), module]));
    for (const module of modules) {
      for (const { handle, body } of module.functions) {
        const name = at(module.identifiers, at(module.functionHandles, handle).name);
        if (body) this.#functions.set(`${moduleKey(selfId(module))}::${name}`, body.code);
      }
    }
  }

  instruction(id: ModuleId, name: string, offset: number): Instruction {
    const code = this.#functions.get(`${moduleKey(id)}::${name}`);
    if (code === undefined) throw new Error(`no code of ${moduleKey(id)}::${name}`);
    return at(code, offset);
  }

  /** `0x1::module::function`. */
  calledBy(id: ModuleId, instruction: Instruction): string | undefined {
    if (instruction.op !== 'call' && instruction.op !== 'callGeneric') return undefined;
    const module = this.#modules.get(moduleKey(id));
    const target = module && operandTarget(module, instruction);
    if (!module || target?.kind !== 'function') return undefined;
    const handle = at(module.functionHandles, target.handle);
    const home = moduleIdAt(module, handle.module);
    return `${shortAddress(home.address)}::${home.name}::${at(module.identifiers, handle.name)}`;
  }
}
