// Access specifiers: what each allows, for how long, and which parameters they speak of. The rules are those of the Rust VM's
// `runtime_access_specifier.rs`.

import { describe, expect, it } from 'vitest';
import { encodeBcs } from '../../base/bcs.ts';
import type { Bytes } from '../../base/bytes.ts';
import { type Address, addressToBytes, parseAddress } from '../../base/ids.ts';
import { structTag } from '../../base/type-tag.ts';
import { assembleModule } from '../../testing/assemble.ts';
import { DRAFT_ADDRESS, type FunctionDraft, ModuleDraft } from '../../testing/module-draft.ts';
import { TestState } from '../../testing/test-state.ts';
import { Ability, type AccessSpecifier, type Instruction, type SignatureToken } from '../bytecode/module.ts';
import { MoveVm, type RunStatus } from '../index.ts';

const [ALICE, BOB] = [parseAddress('0xa11ce'), parseAddress('0xb0b')];
const ADDRESS: SignatureToken = { kind: 'address' };
const U8: SignatureToken = { kind: 'u8' };
const SIGNER: SignatureToken = { kind: 'reference', inner: { kind: 'signer' } };
const RET: Instruction = { op: 'ret' };
const POP: Instruction = { op: 'pop' };
const local = (index: number): Instruction => ({ op: 'copyLoc', local: index });

const OPERATIONS = ['exists', 'borrow', 'borrowMut', 'moveFrom', 'moveTo'] as const;
type Operation = (typeof OPERATIONS)[number];
/** Allowed operations by their first letters, those denied as dots: `eb...` may look, not touch. */
type Verdict = string;

const ANY = { resource: { kind: 'any' }, address: { kind: 'any' } } as const;
const reads: AccessSpecifier = { access: 'reads', isNegated: false, ...ANY };
const writes: AccessSpecifier = { access: 'writes', isNegated: false, ...ANY };
const not = (specifier: AccessSpecifier): AccessSpecifier => ({ ...specifier, isNegated: true });
const ALL: Verdict = 'ebBfm';
const LOOK: Verdict = 'eb...';
const NOTHING: Verdict = '.....';

/** `R` is struct 0 and struct handle 0, `G<u8>` instantiation 0 and struct handle 1. Functions take an address; the account that moves is ALICE. */
class Draft {
  readonly module = new ModuleDraft('rules', 8);
  readonly #resource: number;
  readonly other: number;

  constructor() {
    const { module } = this;
    this.#resource = module.struct('R', { abilities: Ability.key, fields: [['n', U8]] });
    const generic = module.struct('G', { abilities: Ability.key, typeParameters: [0], fields: [['n', U8]] });
    module.instantiate('structInstantiations', generic, [U8]);
    this.other = module.module('other', parseAddress('0x77'));
    module.addresses.push(ALICE, BOB);
  }

  /** Each operation on `R`, or on `G<u8>`. */
  operations(specifiers: readonly AccessSpecifier[] | undefined, generic = false): void {
    const index = generic ? 0 : this.#resource;
    const suffix = generic ? 'Generic' : '';
    const on = (op: string): Instruction => ({ op: `${op}${suffix}`, index }) as Instruction;
    const acquires = generic ? [1] : [0];
    const taking = { parameters: [SIGNER, ADDRESS], acquires };
    this.restricted(`exists${suffix}`, specifiers, {
      ...taking,
      acquires: [],
      code: [local(1), on('exists'), POP, RET],
    });
    this.restricted(`borrow${suffix}`, specifiers, { ...taking, code: [local(1), on('immBorrowGlobal'), POP, RET] });
    this.restricted(`borrowMut${suffix}`, specifiers, { ...taking, code: [local(1), on('mutBorrowGlobal'), POP, RET] });
    this.restricted(`moveFrom${suffix}`, specifiers, {
      ...taking,
      code: [local(1), on('moveFrom'), on('unpack'), POP, RET],
    });
    this.restricted(`moveTo${suffix}`, specifiers, {
      ...taking,
      acquires: [],
      code: [local(0), { op: 'ldU8', value: 1 }, on('pack'), on('moveTo'), RET],
    });
  }

  restricted(name: string, accessSpecifiers: readonly AccessSpecifier[] | undefined, draft: FunctionDraft): number {
    const index = this.module.function(name, { visibility: 'public', ...draft });
    const handle = this.module.functionHandles[index];
    if (handle && accessSpecifiers) this.module.functionHandles[index] = { ...handle, accessSpecifiers };
    return index;
  }

  address(address: Address): number {
    return this.module.addresses.indexOf(address);
  }
}

const vm = new MoveVm();

/** Where `owners` have a resource; ALICE signs. */
function run(draft: Draft, name: string, address: Address, owners: readonly Address[]): RunStatus {
  const other = new ModuleDraft('other', 8, parseAddress('0x77')).build();
  const state = new TestState([assembleModule(draft.module.build()), assembleModule(other)]);
  for (const owner of owners) {
    for (const type of [
      structTag(DRAFT_ADDRESS, 'rules', 'R'),
      structTag(DRAFT_ADDRESS, 'rules', 'G', [{ kind: 'u8' }]),
    ]) {
      state.set(
        { kind: 'resource', address: owner, type },
        encodeBcs((writer) => writer.u8(1)),
      );
    }
  }
  const args: readonly Bytes[] = [addressToBytes(address)];
  return vm.run(state, {
    call: { module: { address: DRAFT_ADDRESS, name: 'rules' }, function: name, typeArgs: [], args },
    senders: [ALICE],
    gasLimit: 10_000n,
    transactionHash: new Uint8Array(32),
    access: 'any',
  }).status;
}

function verdict(draft: Draft, address: Address, suffix = ''): Verdict {
  const letters: Record<Operation, string> = { exists: 'e', borrow: 'b', borrowMut: 'B', moveFrom: 'f', moveTo: 'm' };
  return OPERATIONS.map((operation) => {
    const owners = operation === 'moveTo' ? [] : [ALICE, BOB];
    const status = run(draft, `${operation}${suffix}`, address, owners);
    if (status.kind === 'executed') return letters[operation];
    expect(status).toMatchObject({ code: 'ACCESS_DENIED', location: { function: `${operation}${suffix}` } });
    return '.';
  }).join('');
}

function withOperations(specifiers: readonly AccessSpecifier[] | undefined, generic = false): Draft {
  const draft = new Draft();
  draft.operations(specifiers, generic);
  return draft;
}

describe('a function that says what it accesses', () => {
  it.each<[string, readonly AccessSpecifier[] | undefined, Verdict]>([
    ['nothing', undefined, ALL],
    ['that it accesses nothing', [], NOTHING],
    ['reads', [reads], LOOK],
    ['writes', [writes], ALL],
    ['reads, writes', [reads, writes], ALL],
    ['!reads', [not(reads)], NOTHING],
    ['!writes', [not(writes)], LOOK],
    ['writes, !reads', [writes, not(reads)], NOTHING],
    ['writes, !writes', [writes, not(writes)], LOOK],
  ])('%s', (_, specifiers, expected) => {
    expect(verdict(withOperations(specifiers), ALICE)).toBe(expected);
  });

  it('says of which resources', () => {
    const draft = new Draft();
    const of = (resource: AccessSpecifier['resource']): readonly AccessSpecifier[] => [{ ...writes, resource }];
    const own = draft.module.self;
    const u8 = draft.module.signature([U8]);
    const u64 = draft.module.signature([{ kind: 'u64' }]);
    const at = (address: Address): number => draft.module.addresses.indexOf(address);
    const cases: readonly [AccessSpecifier['resource'], plain: Verdict, generic: Verdict][] = [
      [{ kind: 'atAddress', address: at(DRAFT_ADDRESS) }, ALL, ALL],
      [{ kind: 'atAddress', address: at(BOB) }, NOTHING, NOTHING],
      [{ kind: 'inModule', module: own }, ALL, ALL],
      [{ kind: 'inModule', module: draft.other }, NOTHING, NOTHING],
      [{ kind: 'struct', handle: 0 }, ALL, NOTHING],
      [{ kind: 'struct', handle: 1 }, NOTHING, ALL],
      [{ kind: 'structInstantiation', handle: 1, typeArgs: u8 }, NOTHING, ALL],
      [{ kind: 'structInstantiation', handle: 1, typeArgs: u64 }, NOTHING, NOTHING],
    ];
    for (const [resource, plain, generic] of cases) {
      const title = JSON.stringify(resource);
      const build = (isGeneric: boolean): Draft => {
        const made = new Draft();
        made.module.signature([U8]);
        made.module.signature([{ kind: 'u64' }]);
        made.operations(of(resource), isGeneric);
        return made;
      };
      expect(verdict(build(false), ALICE), title).toBe(plain);
      expect(verdict(build(true), ALICE, 'Generic'), title).toBe(generic);
    }
  });

  it('says at which addresses, its parameters among them', () => {
    const draft = new Draft();
    const literal = (address: Address): readonly AccessSpecifier[] => [
      { ...writes, address: { kind: 'literal', address: draft.address(address) } },
    ];
    // Moving to an account is done to the signer's, ALICE.
    expect(verdict(withOperations(literal(ALICE)), ALICE)).toBe(ALL);
    expect(verdict(withOperations(literal(ALICE)), BOB)).toBe('....m');
    expect(verdict(withOperations(literal(BOB)), BOB)).toBe('ebBf.');
    const parameter: AccessSpecifier = { ...writes, address: { kind: 'parameter', local: 1 } };
    expect(verdict(withOperations([parameter]), ALICE)).toBe(ALL);
    expect(verdict(withOperations([parameter]), BOB)).toBe('ebBf.');
  });

  it('speaks for what it calls, as long as it runs', () => {
    const draft = new Draft();
    draft.operations(undefined);
    const write = draft.module.functionHandles.findIndex(({ name }) => draft.module.identifiers[name] === 'borrowMut');
    const call: Instruction[] = [local(0), local(1), { op: 'call', index: write }];
    const taking = { parameters: [SIGNER, ADDRESS], acquires: [0] };
    const looking = draft.restricted('looking', [reads], { ...taking, code: [...call, RET] });
    const idle = draft.restricted('idle', [], { code: [RET] });
    draft.restricted('through', [writes], {
      ...taking,
      code: [local(0), local(1), { op: 'call', index: looking }, RET],
    });
    draft.restricted('after', undefined, { ...taking, code: [{ op: 'call', index: idle }, ...call, RET] });
    const denied = { code: 'ACCESS_DENIED', location: { function: 'borrowMut', offset: 1 } };
    expect(run(draft, 'looking', ALICE, [ALICE])).toMatchObject(denied);
    expect(run(draft, 'through', ALICE, [ALICE])).toMatchObject(denied);
    expect(run(draft, 'after', ALICE, [ALICE])).toEqual({ kind: 'executed' });
  });

  it('is told of missing data after it may look, of what it cannot move before', () => {
    const draft = withOperations([]);
    expect(run(draft, 'borrow', ALICE, [])).toMatchObject({ code: 'ACCESS_DENIED' });
    expect(run(draft, 'moveFrom', ALICE, [])).toMatchObject({ code: 'MISSING_DATA' });
    expect(run(draft, 'moveTo', ALICE, [ALICE])).toMatchObject({ code: 'RESOURCE_ALREADY_EXISTS' });
  });

  it('can be nested 256 deep', () => {
    for (const [depth, expected] of [
      [255, { kind: 'executed' }],
      [256, { code: 'ACCESS_STACK_LIMIT_EXCEEDED' }],
    ] as const) {
      const draft = new Draft();
      const self = draft.module.functionHandles.length;
      draft.restricted('again', [writes], {
        parameters: [U8, { kind: 'u16' }],
        code: [
          local(1),
          { op: 'ldU16', value: 0 },
          { op: 'eq' },
          { op: 'brTrue', target: 9 },
          local(0),
          local(1),
          { op: 'ldU16', value: 1 },
          { op: 'sub' },
          { op: 'call', index: self },
          RET,
        ],
      });
      draft.restricted('deep', undefined, {
        parameters: [SIGNER, ADDRESS],
        code: [{ op: 'ldU8', value: 0 }, { op: 'ldU16', value: depth }, { op: 'call', index: self }, RET],
      });
      expect(run(draft, 'deep', ALICE, [])).toMatchObject(expected);
    }
  });
});
