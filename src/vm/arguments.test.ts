// Structs and enums as arguments of transactions, as Aptos lets them be brought: by constructors of the framework, or because their module lets
// others pack them.

import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { BcsWriter, encodeBcs } from '../base/bcs.ts';
import { type Bytes, concatBytes } from '../base/bytes.ts';
import { type Address, addressToBytes, parseAddress } from '../base/ids.ts';
import { structTag } from '../base/type-tag.ts';
import { assembleModule, assembleScript } from '../testing/assemble.ts';
import { DRAFT_ADDRESS, ModuleDraft } from '../testing/module-draft.ts';
import { moduleBytes, TestState } from '../testing/test-state.ts';
import {
  Ability,
  type FunctionAttribute,
  type Instruction,
  type SignatureToken,
  type Visibility,
} from './bytecode/module.ts';
import { MoveVm, type RunResult, type RunStatus } from './index.ts';

const FRAMEWORK = parseAddress('0x1');
const [ALICE, THING, NOTHING] = [parseAddress('0xa11ce'), parseAddress('0x7171'), parseAddress('0x404')];
const U64: SignatureToken = { kind: 'u64' };
const COPY = Ability.copy | Ability.drop;
const RET: Instruction = { op: 'ret' };
const local = (index: number): Instruction => ({ op: 'copyLoc', local: index });
const vector = (inner: SignatureToken): SignatureToken => ({ kind: 'vector', inner });

class Draft {
  readonly module = new ModuleDraft('arguments', 10);
  readonly #handles = new Map<string, number>();

  struct(name: string, abilities: number, fields: readonly SignatureToken[], pack?: Visibility): SignatureToken {
    const { module } = this;
    const index = module.struct(name, { abilities, fields: fields.map((type, i) => [`f${i}`, type] as const) });
    const type = module.typeOf(index);
    if (pack) this.#pack(`pack$${name}`, pack, fields, type, { op: 'pack', index }, { kind: 'pack' });
    return type;
  }

  /** Variants `A` without fields and `B` with one, of which `packed` can be made. */
  enum(name: string, field: SignatureToken, packed: readonly ('A' | 'B')[]): SignatureToken {
    const { module } = this;
    const struct = module.struct(name, { abilities: COPY, variants: { A: [], B: [['x', field]] } });
    const type = module.typeOf(struct);
    for (const [variant, fields] of [[], [field]].entries()) {
      const letter = variant === 0 ? 'A' : 'B';
      if (!packed.includes(letter)) continue;
      const index = module.structVariantHandles.push({ struct, variant }) - 1;
      const attribute: FunctionAttribute = { kind: 'packVariant', variant };
      this.#pack(`pack$${name}$${letter}`, 'public', fields, type, { op: 'packVariant', index }, attribute);
    }
    return type;
  }

  framework(module: string, name: string, ...typeArgs: readonly SignatureToken[]): SignatureToken {
    const typeParameters = typeArgs.map(() => ({ constraints: 0, isPhantom: name === 'Object' }));
    const declared = { abilities: COPY | Ability.store, typeParameters };
    const handle =
      this.#handles.get(name) ?? this.module.structHandle(this.module.module(module, FRAMEWORK), name, declared);
    this.#handles.set(name, handle);
    return { kind: 'struct', handle, typeArgs };
  }

  /** An entry function that takes the type. */
  takes(name: string, type: SignatureToken): void {
    this.module.function(name, { isEntry: true, parameters: [type], code: [RET] });
  }

  #pack(
    name: string,
    visibility: Visibility,
    parameters: readonly SignatureToken[],
    type: SignatureToken,
    pack: Instruction,
    attribute: FunctionAttribute,
  ): void {
    const code = [...parameters.map((_, i): Instruction => ({ op: 'moveLoc', local: i })), pack, RET];
    const index = this.module.function(name, { visibility, parameters, returns: [type], code });
    const handle = this.module.functionHandles[index];
    if (handle) this.module.functionHandles[index] = { ...handle, attributes: [attribute] };
  }
}

function draft(): Draft {
  const made = new Draft();
  const { module } = made;
  const point = made.struct('Point', COPY, [U64, { kind: 'bool' }], 'public');
  const line = made.struct('Line', COPY, [point, point], 'public');
  const named = made.struct('Named', COPY, [made.framework('string', 'String'), vector(point)], 'public');
  const secret = made.struct('Secret', COPY, [U64]);
  const friendly = made.struct('Friendly', COPY, [U64], 'friend');
  const holder = made.struct('Holder', COPY, [secret], 'public');
  const shape = made.enum('Shape', point, ['A', 'B']);
  const half = made.enum('Half', U64, ['A']);
  const resource = made.struct('Resource', Ability.key | Ability.drop, [U64]);
  for (const [name, type] of Object.entries({ point, line, named, secret, friendly, holder, shape, half, resource })) {
    made.takes(name, type);
    made.takes(`${name}s`, vector(type));
  }
  made.takes('moved', made.struct('Moved', Ability.drop, [U64]));
  made.takes('maybe', made.framework('option', 'Option', secret));
  made.takes('object', made.framework('object', 'Object', resource));
  made.takes('objects', vector(made.framework('object', 'Object', resource)));
  made.takes('no_object', made.framework('object', 'Object', secret));
  made.takes('fixed', made.framework('fixed_point64', 'FixedPoint64'));
  made.takes('signed', { kind: 'i64' });
  module.function('look', { isEntry: true, parameters: [U64], code: [local(0), { op: 'pop' }, RET] });
  return made;
}

const CODE = assembleModule(draft().module.build());
const state = new TestState([...moduleBytes(path.resolve(import.meta.dirname, '../../move/framework/bytecode')), CODE]);
// An object with the resource, as `0x1::object` keeps one: number of its next event, owner, whether it can be given away, an event handle.
state.set(
  { kind: 'resource', address: THING, type: structTag(FRAMEWORK, 'object', 'ObjectCore') },
  encodeBcs((writer) => {
    writer.u64(1n).fixed(addressToBytes(ALICE)).bool(true);
    writer.u64(0n).u64(0n).fixed(addressToBytes(THING));
  }),
);
state.set(
  { kind: 'resource', address: THING, type: structTag(DRAFT_ADDRESS, 'arguments', 'Resource') },
  encodeBcs((writer) => writer.u64(7n)),
);
const vm = new MoveVm();

function run(name: string, arg: Bytes): RunResult {
  return vm.run(state, {
    call: { module: { address: DRAFT_ADDRESS, name: 'arguments' }, function: name, typeArgs: [], args: [arg] },
    senders: [ALICE],
    gasLimit: 10_000n,
    transactionHash: new Uint8Array(32),
    access: 'entry',
  });
}

function outcome(status: RunStatus): string {
  if (status.kind === 'executed') return 'executed';
  if (status.kind === 'failure') return status.code;
  const { module } = status.location;
  return `${module === 'script' ? module : module.name} ${status.code}`;
}

const bytes = (...values: readonly number[]): Bytes => Uint8Array.from(values);
const u64 = (value: number): Bytes => new BcsWriter().u64(BigInt(value)).finish();
const point = (x = 1, flag = 1): Bytes => concatBytes(u64(x), bytes(flag));
const many = (count: number, item: Bytes): Bytes =>
  concatBytes(new BcsWriter().uleb128(count).finish(), ...Array.from({ length: count }, () => item));
const address = (value: Address): Bytes => addressToBytes(value);
const [OK, NO_VALUE, NOT_HERE] = ['executed', 'FAILED_TO_DESERIALIZE_ARGUMENT', 'INVALID_MAIN_FUNCTION_SIGNATURE'];

describe('an argument that is a struct', () => {
  it.each<[string, Bytes, string]>([
    ['point', point(), OK],
    ['point', point(1, 2), NO_VALUE],
    ['point', u64(1), NO_VALUE],
    ['point', concatBytes(point(), bytes(0)), NO_VALUE],
    ['line', concatBytes(point(), point()), OK],
    ['points', many(0, point()), OK],
    ['points', many(32, point()), OK],
    ['points', many(33, point()), NO_VALUE],
    ['lines', many(10, concatBytes(point(), point())), OK],
    ['lines', many(11, concatBytes(point(), point())), NO_VALUE],
    ['named', concatBytes(bytes(2, 0x68, 0x69), many(3, point())), OK],
    ['named', concatBytes(bytes(2, 0x68, 0xff), many(3, point())), 'string 1'],
    ['secret', u64(1), NOT_HERE],
    ['secrets', many(1, u64(1)), NOT_HERE],
    ['secrets', many(0, u64(1)), OK],
    ['friendly', u64(1), NOT_HERE],
    ['holder', u64(1), NOT_HERE],
    ['moved', u64(1), NOT_HERE],
    ['resource', u64(1), NOT_HERE],
    ['resources', many(0, u64(1)), NOT_HERE],
    ['fixed', new Uint8Array(16), OK],
    ['signed', u64(1), OK],
  ])('%s (%#) ends as on Aptos', (name, arg, expected) => {
    expect(outcome(run(name, arg).status)).toBe(expected);
  });

  it.each<[string, Bytes, string]>([
    ['shape', bytes(0), OK],
    ['shape', concatBytes(bytes(1), point()), OK],
    ['shape', bytes(2), NO_VALUE],
    ['shapes', many(3, concatBytes(bytes(1), point())), OK],
    ['half', bytes(0), OK],
    ['half', concatBytes(bytes(1), u64(1)), NOT_HERE],
  ])('%s (%#) ends as on Aptos, variant by variant', (name, arg, expected) => {
    expect(outcome(run(name, arg).status)).toBe(expected);
  });

  it.each<[string, Bytes, string]>([
    ['maybe', bytes(0), OK],
    ['maybe', concatBytes(bytes(1), u64(1)), NOT_HERE],
    ['object', address(THING), OK],
    ['object', address(NOTHING), 'object 393218'],
    ['object', address(ALICE).slice(1), NO_VALUE],
    ['objects', many(32, address(THING)), OK],
    ['objects', many(33, address(THING)), NO_VALUE],
    ['objects', concatBytes(bytes(2), address(THING), address(NOTHING)), 'object 393218'],
    ['no_object', address(THING), NO_VALUE],
  ])('%s (%#) is made by the framework', (name, arg, expected) => {
    expect(outcome(run(name, arg).status)).toBe(expected);
  });

  it('costs gas when the framework makes it', () => {
    expect(run('objects', many(20, address(THING))).gasUsed).toBeGreaterThan(
      run('objects', many(0, address(THING))).gasUsed,
    );
  });

  it('may be brought to scripts as well', () => {
    const made = new Draft();
    const object = made.framework('object', 'Object', U64);
    const text = made.framework('string', 'String');
    const code = (type: SignatureToken) => assembleScript(made.module.buildScript({ parameters: [type], code: [RET] }));
    const ask = (type: SignatureToken, arg: Bytes): string => {
      const script = { code: code(type), typeArgs: [], args: [arg] };
      const request = { script, senders: [ALICE], gasLimit: 10_000n, transactionHash: new Uint8Array(32) };
      return outcome(vm.runScript(state, request).status);
    };
    expect(ask(text, bytes(1, 0x61))).toBe(OK);
    expect(ask(text, bytes(1, 0xff))).toBe('string 1');
    expect(ask(object, address(THING))).toBe(NO_VALUE);
  });
});
