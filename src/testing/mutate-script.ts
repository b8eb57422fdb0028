// Changes a script in one to three places at random: instructions, operands, types, handles, attributes, constants. Indices mostly stay in
// bounds, so that the verifier's later passes get to see the damage. The seed fixes it.

import { OPERAND_TABLES } from '../vm/bytecode/access.ts';
import type { CompiledScript, Instruction, LeafKind, SignatureToken } from '../vm/bytecode/module.ts';
import { OPCODES } from '../vm/bytecode/opcodes.ts';
import { EdgeRandom } from './edge-random.ts';

type Mutable<T> = T extends bigint | string | Uint8Array ? T : { -readonly [K in keyof T]: Mutable<T[K]> };
type Draft = Mutable<CompiledScript>;

const LEAVES: readonly LeafKind[] = [
  ...(['bool', 'u8', 'u16', 'u32', 'u64', 'u128', 'u256', 'address', 'signer'] as const),
  ...(['i8', 'i16', 'i32', 'i64', 'i128', 'i256'] as const),
];
const TYPE_DEPTH_MAX = 3;

export function mutateScript(script: CompiledScript, seed: string): CompiledScript {
  const random = new EdgeRandom(seed);
  const draft = structuredClone(script) as Draft;
  const changes = 1 + random.below(3);
  for (let i = 0; i < changes; i++) mutate(draft, random);
  return draft as CompiledScript;
}

function mutate(draft: Draft, random: EdgeRandom): void {
  const { code } = draft.body;
  const place = random.below(code.length);
  random.pick([
    () => code.splice(place, 1, newInstruction(draft, random)),
    () => code.splice(place, 0, newInstruction(draft, random)),
    () => code.length > 1 && code.splice(place, 1),
    () => code.splice(place, 0, ...code.slice(random.below(code.length)).slice(0, 1)),
    () => changeOperand(draft, code[place], random),
    () => changeOperand(draft, code[place], random),
    () => changeOperand(draft, code[place], random),
    () => changeSignature(draft, random),
    () => changeSignature(draft, random),
    () => changeHandle(draft, random),
    () => changeHandle(draft, random),
    () => {
      draft.typeParameters = draft.typeParameters.map(() => random.below(16));
    },
    () => {
      const constant = draft.constants[random.below(Math.max(1, draft.constants.length))];
      if (constant && random.oneIn(2)) constant.type = newType(draft, random);
      else if (constant) constant.data = constant.data.slice(random.below(2));
    },
    () => {
      const handle = random.pick(draft.structHandles);
      if (random.oneIn(2)) handle.abilities = random.below(16);
      else
        handle.typeParameters = handle.typeParameters.map(() => ({
          constraints: random.below(16),
          isPhantom: random.oneIn(2),
        }));
    },
  ])();
  // Jumps lead somewhere.
  for (const instruction of code) {
    if ('target' in instruction) instruction.target = Math.min(instruction.target, code.length - 1);
  }
}

function newInstruction(draft: Draft, random: EdgeRandom): Mutable<Instruction> {
  const isAnything = random.oneIn(10);
  const usable = OPCODES.filter(({ op, since }) => since <= draft.version && (isAnything || !isForModules(op)));
  const opcode = random.pick(usable);
  switch (opcode.operand) {
    case 'none':
      return { op: opcode.op };
    case 'target':
      return { op: opcode.op, target: random.below(draft.body.code.length) };
    case 'local':
      return { op: opcode.op, local: random.below(localCount(draft)) };
    case 'index':
      return { op: opcode.op, index: random.below(entryCount(draft, opcode.op)) };
    case 'indexAndMask':
      return { op: opcode.op, index: random.below(entryCount(draft, opcode.op)), mask: BigInt(random.below(8)) };
    case 'type':
      return { op: opcode.op, type: random.below(draft.signatures.length) };
    case 'typeAndCount':
      return { op: opcode.op, type: random.below(draft.signatures.length), count: random.below(4) };
    case 'u8':
    case 'u16':
    case 'u32':
    case 'i8':
    case 'i16':
    case 'i32':
      return { op: opcode.op, value: random.below(100) } as Mutable<Instruction>;
    default:
      return { op: opcode.op, value: random.integer(60) } as Mutable<Instruction>;
  }
}

function changeOperand(draft: Draft, instruction: Mutable<Instruction> | undefined, random: EdgeRandom): void {
  if (!instruction) return;
  if ('target' in instruction) instruction.target = random.below(draft.body.code.length);
  else if ('local' in instruction) instruction.local = random.below(localCount(draft));
  else if ('mask' in instruction && random.oneIn(2)) instruction.mask ^= 1n << BigInt(random.below(4));
  else if ('index' in instruction) instruction.index = random.below(entryCount(draft, instruction.op));
  else if ('type' in instruction) instruction.type = random.below(draft.signatures.length);
  else if (instruction.op === 'ret') Object.assign(instruction, { op: 'nop' });
}

function changeSignature(draft: Draft, random: EdgeRandom): void {
  const signature = random.pick(draft.signatures);
  if (signature.length === 0 || random.oneIn(6)) signature.push(newType(draft, random));
  else {
    const place = random.below(signature.length);
    const type = signature[place];
    if (type?.kind === 'function' && random.oneIn(2)) type.abilities = random.below(16);
    else signature[place] = newType(draft, random);
  }
}

function changeHandle(draft: Draft, random: EdgeRandom): void {
  const handle = random.pick(draft.functionHandles);
  random.pick([
    () => {
      handle.attributes = random.oneIn(2) ? [] : [{ kind: random.pick(['persistent', 'moduleLock']) }];
    },
    () => {
      handle.parameters = random.below(draft.signatures.length);
    },
    () => {
      handle.returns = random.below(draft.signatures.length);
    },
    () => {
      handle.typeParameters = random.oneIn(2) ? [] : [random.below(16)];
    },
  ])();
}

function newType(draft: Draft, random: EdgeRandom, depth = 0): Mutable<SignatureToken> {
  const next = () => newType(draft, random, depth + 1);
  const types = () => Array.from({ length: random.below(3) }, next);
  const leaf = (): Mutable<SignatureToken> => ({ kind: random.pick(LEAVES.slice(0, draft.version < 9 ? 9 : 15)) });
  if (depth >= TYPE_DEPTH_MAX) return leaf();
  return random.pick<() => Mutable<SignatureToken>>([
    leaf,
    leaf,
    () => ({ kind: 'vector', inner: next() }),
    () => ({ kind: 'reference', inner: next() }),
    () => ({ kind: 'mutableReference', inner: next() }),
    () => ({ kind: 'typeParameter', index: 0 }),
    () => ({ kind: 'function', parameters: types(), returns: types(), abilities: random.below(16) }),
    () => {
      const handle = random.below(draft.structHandles.length);
      const typeArgs = (draft.structHandles[handle]?.typeParameters ?? []).map(next);
      return { kind: 'struct', handle, typeArgs };
    },
  ])();
}

function isForModules(op: Instruction['op']): boolean {
  const table = op in OPERAND_TABLES ? OPERAND_TABLES[op as keyof typeof OPERAND_TABLES] : undefined;
  return table !== undefined && !['constants', 'functionHandles', 'functionInstantiations'].includes(table);
}

function entryCount(draft: Draft, op: keyof typeof OPERAND_TABLES): number {
  const table = OPERAND_TABLES[op];
  const entries = table in draft ? draft[table as 'constants' | 'functionHandles' | 'functionInstantiations'] : [];
  return Math.max(1, entries.length);
}

function localCount(draft: Draft): number {
  const count = (signature: number) => draft.signatures[signature]?.length ?? 0;
  return Math.max(1, count(draft.parameters) + count(draft.body.locals));
}
