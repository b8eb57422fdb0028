// Writes random control flow that a compiler would not: bytecode of basic blocks that jump anywhere the verifier lets them, over a few
// numbers, a struct and a vector that every block changes. The functions return these, so that a block left out or run twice shows. Fuel ends every loop.

import { Ability, type CompiledModule, type Instruction, type SignatureToken } from '../../vm/bytecode/module.ts';
import { VerificationError } from '../../vm/verify/error.ts';
import { verifyModuleAlone } from '../../vm/verify/verify.ts';
import { EdgeRandom } from '../edge-random.ts';
import { ModuleDraft } from '../module-draft.ts';

const U64: SignatureToken = { kind: 'u64' };
const BOOL: SignatureToken = { kind: 'bool' };
const LIST: SignatureToken = { kind: 'vector', inner: U64 };

/** Locals: two parameters, then fuel, a pair and a list. */
const A = 0;
const B = 1;
const FUEL = 2;
const PAIR = 3;
const LISTED = 4;
const FLAG = 5;

const FUNCTION_COUNT = 16;
const BLOCKS_MAX = 10;
const STEPS_MAX = 4;
/** Blocks run at most so often in one call. */
const FUEL_START = 60n;
/** The verifier refuses what is not reducible: most graphs of ten blocks are, of twenty are not. */
const ATTEMPTS_MAX = 400;
/** Keeps sums and products of what blocks compute within 64 bits. */
const MASK = 0xffff_ffffn;

/** A module with functions `f0`, `f1`, … from two u64 to `(u64, u64, vector<u64>)`. */
export function generateFlows(seed: string): CompiledModule {
  const random = new EdgeRandom(seed);
  const draft = newDraft();
  for (let index = 0; index < FUNCTION_COUNT; index++) addFunction(draft, `f${index}`, verifiedCode(random));
  return draft.build();
}

function newDraft(): ModuleDraft {
  const draft = new ModuleDraft('flows');
  const fields = [
    ['x', U64],
    ['y', U64],
  ] as const;
  draft.struct('Pair', { abilities: Ability.copy | Ability.drop, fields });
  draft.fieldHandles.push({ owner: 0, field: 0 }, { owner: 0, field: 1 });
  draft.signature([U64]);
  return draft;
}

function addFunction(draft: ModuleDraft, name: string, code: readonly Instruction[]): void {
  draft.function(name, {
    visibility: 'public',
    parameters: [U64, U64],
    locals: [U64, draft.typeOf(0), LIST, BOOL],
    returns: [U64, U64, LIST],
    code,
  });
}

/** Random blocks until there are some that the verifier takes. */
function verifiedCode(random: EdgeRandom): readonly Instruction[] {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const draft = newDraft();
    const code = randomCode(random, draft);
    addFunction(draft, 'f', code);
    try {
      verifyModuleAlone(draft.build());
      return code;
    } catch (error) {
      if (!(error instanceof VerificationError)) throw error;
    }
  }
  throw new Error('no random code passed the verifier');
}

function randomCode(random: EdgeRandom, draft: ModuleDraft): readonly Instruction[] {
  const blockCount = 2 + random.below(BLOCKS_MAX);
  const listType = draft.signature([U64]);
  const code: Instruction[] = [
    { op: 'ldU64', value: FUEL_START },
    { op: 'stLoc', local: FUEL },
    { op: 'ldU64', value: 3n },
    { op: 'ldU64', value: 5n },
    { op: 'pack', index: 0 },
    { op: 'stLoc', local: PAIR },
    { op: 'vecPack', type: listType, count: 0 },
    { op: 'stLoc', local: LISTED },
    { op: 'ldFalse' },
    { op: 'stLoc', local: FLAG },
  ];
  const starts: number[] = [];
  const jumps: { readonly at: number; readonly block: number }[] = [];
  const jump = (op: 'branch' | 'brTrue' | 'brFalse', block: number): void => {
    jumps.push({ at: code.length, block });
    code.push({ op, target: 0 });
  };
  for (let block = 0; block < blockCount; block++) {
    starts.push(code.length);
    code.push(...spendFuel());
    jump('brTrue', blockCount);
    for (let steps = random.below(STEPS_MAX + 1); steps > 0; steps--) code.push(...randomStep(random, block, listType));
    // Mostly near, as compilers do; sometimes anywhere.
    const target = () =>
      random.oneIn(3) ? random.below(blockCount + 1) : Math.min(block + 1 + random.below(3), blockCount);
    const ways = random.below(10);
    if (ways < 5) {
      code.push(...randomCondition(random));
      jump(random.pick(['brTrue', 'brFalse']), target());
    } else if (ways < 7) {
      code.push(...randomCondition(random));
      jump(random.pick(['brTrue', 'brFalse']), target());
      jump('branch', target());
    } else if (ways < 8) {
      jump('branch', target());
    } else if (ways < 9 && block > 0) {
      code.push({ op: 'ldU64', value: BigInt(block) }, { op: 'abort' });
    }
  }
  starts.push(code.length);
  code.push(
    ...[A, B].map((local) => ({ op: 'moveLoc', local }) as const),
    { op: 'moveLoc', local: LISTED },
    { op: 'ret' },
  );
  for (const { at, block } of jumps) {
    const instruction = code[at];
    if (instruction && 'target' in instruction) code[at] = { ...instruction, target: starts[block] ?? 0 };
  }
  return code;
}

/** Leaves on the stack whether the fuel is at its end. */
function spendFuel(): readonly Instruction[] {
  return [
    { op: 'moveLoc', local: FUEL },
    { op: 'ldU64', value: 1n },
    { op: 'sub' },
    { op: 'stLoc', local: FUEL },
    { op: 'copyLoc', local: FUEL },
    { op: 'ldU64', value: 0n },
    { op: 'eq' },
  ];
}

function randomStep(random: EdgeRandom, block: number, listType: number): readonly Instruction[] {
  const [from, to] = random.oneIn(2) ? [A, B] : [B, A];
  const number: Instruction = { op: 'ldU64', value: BigInt(block * 7 + random.below(5)) };
  const load: Instruction = { op: 'copyLoc', local: from };
  const masked: readonly Instruction[] = [load, { op: 'ldU64', value: MASK }, { op: 'bitAnd' }];
  const field = random.below(2);
  const steps: readonly (() => readonly Instruction[])[] = [
    () => [...masked, number, { op: 'mul' }, number, { op: 'add' }, { op: 'stLoc', local: to }],
    () => [load, { op: 'copyLoc', local: to }, { op: 'xor' }, { op: 'stLoc', local: from }],
    () => [
      load,
      { op: 'ldU8', value: random.below(64) },
      { op: random.pick(['shl', 'shr']) },
      { op: 'stLoc', local: to },
    ],
    // Through a reference into the struct, read back into a local.
    () => [load, { op: 'mutBorrowLoc', local: PAIR }, { op: 'mutBorrowField', index: field }, { op: 'writeRef' }],
    () => [
      { op: 'immBorrowLoc', local: PAIR },
      { op: 'immBorrowField', index: field },
      { op: 'readRef' },
      { op: 'stLoc', local: to },
    ],
    () => [{ op: 'mutBorrowLoc', local: LISTED }, load, { op: 'vecPushBack', type: listType }],
    () => [
      { op: 'immBorrowLoc', local: LISTED },
      { op: 'vecLen', type: listType },
      { op: 'stLoc', local: to },
    ],
    () => [
      { op: 'immBorrowLoc', local: LISTED },
      { op: 'ldU64', value: 0n },
      { op: 'vecImmBorrow', type: listType },
      { op: 'readRef' },
      { op: 'stLoc', local: to },
    ],
    () => [
      { op: 'mutBorrowLoc', local: LISTED },
      { op: 'vecPopBack', type: listType },
      { op: 'stLoc', local: to },
    ],
    () => [load, number, { op: random.pick(['add', 'sub', 'mul', 'div', 'mod']) }, { op: 'stLoc', local: to }],
    () => [...randomCondition(random), { op: 'stLoc', local: FLAG }],
    () => [load, { op: 'moveLoc', local: to }, { op: 'stLoc', local: from }, { op: 'stLoc', local: to }],
  ];
  return random.pick(steps)();
}

/** Leaves a bool on the stack. */
function randomCondition(random: EdgeRandom): readonly Instruction[] {
  const bit = { op: 'ldU8', value: random.below(8) } as const;
  const conditions: readonly (() => readonly Instruction[])[] = [
    () => [
      { op: 'copyLoc', local: random.pick([A, B]) },
      bit,
      { op: 'shr' },
      { op: 'ldU64', value: 1n },
      { op: 'bitAnd' },
      { op: 'ldU64', value: 0n },
      { op: random.pick(['eq', 'neq']) },
    ],
    () => [{ op: 'copyLoc', local: A }, { op: 'copyLoc', local: B }, { op: random.pick(['lt', 'le', 'gt', 'ge']) }],
    () => [
      { op: 'copyLoc', local: FUEL },
      { op: 'ldU64', value: 3n },
      { op: 'mod' },
      { op: 'ldU64', value: 1n },
      { op: 'eq' },
    ],
    () => [{ op: 'copyLoc', local: FLAG }],
    () => [{ op: 'copyLoc', local: FLAG }, { op: 'not' }],
    () => [{ op: random.pick(['ldTrue', 'ldFalse']) }],
  ];
  return random.pick(conditions)();
}
