// Pass 12: every instruction finds operands of the types it works on, with the abilities it needs. Blocks start with an empty stack (the pass before
// saw to it), so each is looked at once, whether anything reaches it or not. Long because it has one rule for every instruction.

import { assert } from '../../base/errors.ts';
import {
  at,
  fieldsOf,
  type IndexInstruction,
  type OperandTarget,
  operandTarget,
  parametersOf,
  returnsOf,
  sameType,
  substitute,
  typeArgsAt,
  visitTypes,
} from '../bytecode/access.ts';
import {
  Ability,
  type AbilitySet,
  type Instruction,
  type SignatureToken,
  type StructDefinition,
} from '../bytecode/module.ts';
import { abilitiesOf, hasAbility } from './abilities.ts';
import type { VerificationStatus } from './error.ts';
import { type FunctionBody, refuseAt } from './function-body.ts';
import type { Meter } from './meter.ts';

/** Cost of each node of a type that is pushed, in the meter's units. */
const UNITS_PER_TYPE_NODE = 30;

/** @throws VerificationError */
export function checkTypeSafety(body: FunctionBody, meter: Meter): void {
  const pass = new TypeSafety(body, meter);
  for (const block of body.graph.blocks.values()) {
    for (let offset = block.start; offset <= block.end; offset++) pass.execute(at(body.code, offset), offset);
  }
}

type StructTarget = Extract<OperandTarget, { readonly struct: number }>;

const BOOL: SignatureToken = { kind: 'bool' };
const U8: SignatureToken = { kind: 'u8' };
const U16: SignatureToken = { kind: 'u16' };
const U32: SignatureToken = { kind: 'u32' };
const U64: SignatureToken = { kind: 'u64' };
const U128: SignatureToken = { kind: 'u128' };
const U256: SignatureToken = { kind: 'u256' };
const ADDRESS: SignatureToken = { kind: 'address' };
const INTEGERS: ReadonlySet<SignatureToken['kind']> = new Set(['u8', 'u16', 'u32', 'u64', 'u128', 'u256']);

class TypeSafety {
  readonly #body: FunctionBody;
  readonly #meter: Meter;
  readonly #stack: SignatureToken[] = [];
  #offset = 0;

  constructor(body: FunctionBody, meter: Meter) {
    this.#body = body;
    this.#meter = meter;
  }

  execute(instruction: Instruction, offset: number): void {
    this.#offset = offset;
    if ('index' in instruction) this.#indexed(instruction);
    else if ('local' in instruction) this.#local(instruction);
    else if ('type' in instruction) this.#vector(instruction);
    else this.#simple(instruction);
  }

  #simple(instruction: Exclude<Instruction, IndexInstruction | LocalInstruction | VectorInstruction>): void {
    switch (instruction.op) {
      case 'pop':
        if (!this.#has(this.#pop(), Ability.drop)) this.#refuse('POP_WITHOUT_DROP_ABILITY');
        return;
      case 'brTrue':
      case 'brFalse':
        this.#expect(BOOL, 'BR_TYPE_MISMATCH_ERROR');
        return;
      case 'abort':
        this.#expect(U64, 'ABORT_TYPE_MISMATCH_ERROR');
        return;
      case 'ret':
        for (const type of this.#body.returns.toReversed()) this.#expect(type, 'RET_TYPE_MISMATCH_ERROR');
        return;
      case 'branch':
      case 'nop':
        return;
      case 'freezeRef': {
        const type = this.#pop();
        if (type.kind !== 'mutableReference') this.#refuse('FREEZEREF_TYPE_MISMATCH_ERROR');
        this.#push({ kind: 'reference', inner: type.inner });
        return;
      }
      case 'readRef': {
        const inner = this.#referred(this.#pop());
        if (!inner) this.#refuse('READREF_TYPE_MISMATCH_ERROR');
        if (!this.#has(inner, Ability.copy)) this.#refuse('READREF_WITHOUT_COPY_ABILITY');
        this.#push(inner);
        return;
      }
      case 'writeRef':
        this.#writeRef();
        return;
      case 'ldTrue':
      case 'ldFalse':
        this.#push(BOOL);
        return;
      case 'ldU8':
        this.#push(U8);
        return;
      case 'ldU16':
        this.#push(U16);
        return;
      case 'ldU32':
        this.#push(U32);
        return;
      case 'ldU64':
        this.#push(U64);
        return;
      case 'ldU128':
        this.#push(U128);
        return;
      case 'ldU256':
        this.#push(U256);
        return;
      case 'castU8':
        this.#cast(U8);
        return;
      case 'castU16':
        this.#cast(U16);
        return;
      case 'castU32':
        this.#cast(U32);
        return;
      case 'castU64':
        this.#cast(U64);
        return;
      case 'castU128':
        this.#cast(U128);
        return;
      case 'castU256':
        this.#cast(U256);
        return;
      case 'add':
      case 'sub':
      case 'mul':
      case 'mod':
      case 'div':
      case 'bitOr':
      case 'bitAnd':
      case 'xor':
        this.#push(this.#twoIntegers());
        return;
      case 'lt':
      case 'gt':
      case 'le':
      case 'ge':
        this.#twoIntegers();
        this.#push(BOOL);
        return;
      case 'shl':
      case 'shr': {
        const distance = this.#pop();
        const value = this.#pop();
        if (!INTEGERS.has(value.kind) || distance.kind !== 'u8') this.#refuse('INTEGER_OP_TYPE_MISMATCH_ERROR');
        this.#push(value);
        return;
      }
      case 'or':
      case 'and':
        this.#expect(BOOL, 'BOOLEAN_OP_TYPE_MISMATCH_ERROR');
        this.#expect(BOOL, 'BOOLEAN_OP_TYPE_MISMATCH_ERROR');
        this.#push(BOOL);
        return;
      case 'not':
        this.#expect(BOOL, 'BOOLEAN_OP_TYPE_MISMATCH_ERROR');
        this.#push(BOOL);
        return;
      case 'eq':
      case 'neq': {
        const right = this.#pop();
        const left = this.#pop();
        if (!this.#has(right, Ability.drop) || !sameType(left, right)) this.#refuse('EQUALITY_OP_TYPE_MISMATCH_ERROR');
        this.#push(BOOL);
      }
    }
  }

  #local(instruction: LocalInstruction): void {
    const type = at(this.#body.locals, instruction.local);
    switch (instruction.op) {
      case 'stLoc':
        this.#expect(type, 'STLOC_TYPE_MISMATCH_ERROR');
        return;
      case 'copyLoc':
        if (!this.#has(type, Ability.copy)) this.#refuse('COPYLOC_WITHOUT_COPY_ABILITY');
        this.#push(type);
        return;
      case 'moveLoc':
        this.#push(type);
        return;
      case 'mutBorrowLoc':
      case 'immBorrowLoc':
        if (this.#referred(type)) this.#refuse('BORROWLOC_REFERENCE_ERROR');
        this.#push(referenceTo(type, instruction.op === 'mutBorrowLoc'));
    }
  }

  #indexed(instruction: IndexInstruction): void {
    const { unit } = this.#body;
    const target = operandTarget(unit, instruction);
    if (target.kind === 'constant') {
      this.#push(at(unit.constants, target.constant).type);
      return;
    }
    const typeArgs = typeArgsAt(unit, target.typeArgs);
    // The Rust verifier does not charge for the arguments of `TestVariantGeneric`.
    if (instruction.op !== 'testVariantGeneric') for (const arg of typeArgs) this.#charge(arg);
    if (target.kind === 'function') this.#call(target.handle, typeArgs);
    else this.#structOperation(instruction.op, target, typeArgs);
  }

  #call(index: number, typeArgs: readonly SignatureToken[]): void {
    const { unit } = this.#body;
    const handle = at(unit.functionHandles, index);
    for (const parameter of parametersOf(unit, handle).toReversed()) {
      this.#expect(substitute(parameter, typeArgs), 'CALL_TYPE_MISMATCH_ERROR');
    }
    for (const type of returnsOf(unit, handle)) this.#push(substitute(type, typeArgs));
  }

  #structOperation(op: IndexInstruction['op'], target: StructTarget, typeArgs: readonly SignatureToken[]): void {
    const { unit } = this.#body;
    assert(unit.kind === 'module', 'a struct in a script');
    const definition = at(unit.structs, target.struct);
    const type: SignatureToken = { kind: 'struct', handle: definition.handle, typeArgs };
    switch (op) {
      case 'pack':
      case 'packGeneric':
      case 'packVariant':
      case 'packVariantGeneric':
        for (const field of this.#fields(definition, target, typeArgs).toReversed()) {
          this.#expect(field, 'PACK_TYPE_MISMATCH_ERROR');
        }
        this.#push(type);
        return;
      case 'unpack':
      case 'unpackGeneric':
      case 'unpackVariant':
      case 'unpackVariantGeneric':
        this.#expect(type, 'UNPACK_TYPE_MISMATCH_ERROR');
        for (const field of this.#fields(definition, target, typeArgs)) this.#push(field);
        return;
      case 'testVariant':
      case 'testVariantGeneric': {
        const inner = this.#referred(this.#pop());
        if (!inner || !sameType(inner, type)) this.#refuse('TEST_VARIANT_TYPE_MISMATCH_ERROR');
        this.#push(BOOL);
        return;
      }
      case 'mutBorrowField':
      case 'mutBorrowFieldGeneric':
      case 'mutBorrowVariantField':
      case 'mutBorrowVariantFieldGeneric':
        this.#borrowField(definition, target, type, typeArgs, true);
        return;
      case 'immBorrowField':
      case 'immBorrowFieldGeneric':
      case 'immBorrowVariantField':
      case 'immBorrowVariantFieldGeneric':
        this.#borrowField(definition, target, type, typeArgs, false);
        return;
      case 'mutBorrowGlobal':
      case 'mutBorrowGlobalGeneric':
      case 'immBorrowGlobal':
      case 'immBorrowGlobalGeneric':
        this.#expect(ADDRESS, 'BORROWGLOBAL_TYPE_MISMATCH_ERROR');
        if (!this.#has(type, Ability.key)) this.#refuse('BORROWGLOBAL_WITHOUT_KEY_ABILITY');
        this.#push(referenceTo(type, op.startsWith('mut')));
        return;
      case 'exists':
      case 'existsGeneric':
        if (!this.#has(type, Ability.key)) this.#refuse('EXISTS_WITHOUT_KEY_ABILITY_OR_BAD_ARGUMENT');
        this.#expect(ADDRESS, 'EXISTS_WITHOUT_KEY_ABILITY_OR_BAD_ARGUMENT');
        this.#push(BOOL);
        return;
      case 'moveFrom':
      case 'moveFromGeneric':
        if (!this.#has(type, Ability.key)) this.#refuse('MOVEFROM_WITHOUT_KEY_ABILITY');
        this.#expect(ADDRESS, 'MOVEFROM_TYPE_MISMATCH_ERROR');
        this.#push(type);
        return;
      case 'moveTo':
      case 'moveToGeneric':
        if (!this.#has(type, Ability.key)) this.#refuse('MOVETO_WITHOUT_KEY_ABILITY');
        this.#expect(type, 'MOVETO_TYPE_MISMATCH_ERROR');
        this.#expect({ kind: 'reference', inner: { kind: 'signer' } }, 'MOVETO_TYPE_MISMATCH_ERROR');
    }
  }

  /** Types of the fields that packing takes and unpacking gives. */
  #fields(
    definition: StructDefinition,
    target: StructTarget,
    typeArgs: readonly SignatureToken[],
  ): readonly SignatureToken[] {
    const variant = target.kind === 'variant' ? target.variant : undefined;
    if (definition.layout.kind !== (variant === undefined ? 'struct' : 'enum')) {
      this.#refuse('PACK_TYPE_MISMATCH_ERROR');
    }
    return fieldsOf(definition, variant).map((field) => substitute(field.type, typeArgs));
  }

  #borrowField(
    definition: StructDefinition,
    target: StructTarget,
    owner: SignatureToken,
    typeArgs: readonly SignatureToken[],
    isMutable: boolean,
  ): void {
    assert(target.kind === 'field' || target.kind === 'variantField', 'no field to borrow');
    const operand = this.#pop();
    const inner = this.#referred(operand);
    if (!inner || (isMutable && operand.kind !== 'mutableReference') || !sameType(inner, owner)) {
      this.#refuse('BORROWFIELD_TYPE_MISMATCH_ERROR');
    }
    const variants = target.kind === 'variantField' ? target.variants : [undefined];
    let type: SignatureToken | undefined;
    for (const variant of variants) {
      const field = fieldsOf(definition, variant)[target.field];
      if (!field) this.#refuse('BORROWFIELD_BAD_FIELD_ERROR');
      const found = substitute(field.type, typeArgs);
      if (type && !sameType(type, found)) this.#refuse('BORROWFIELD_TYPE_MISMATCH_ERROR');
      type = found;
    }
    if (!type) this.#refuse('ZERO_VARIANTS_ERROR');
    this.#push(referenceTo(type, isMutable));
  }

  #vector(instruction: VectorInstruction): void {
    const element = at(at(this.#body.unit.signatures, instruction.type), 0);
    const vector: SignatureToken = { kind: 'vector', inner: element };
    switch (instruction.op) {
      case 'vecPack':
        for (let i = 0; i < instruction.count; i++) this.#expect(element, 'TYPE_MISMATCH');
        // Not charged for in the Rust verifier either.
        this.#stack.push(vector);
        return;
      case 'vecUnpack':
        this.#expect(vector, 'TYPE_MISMATCH');
        for (let i = 0; i < instruction.count; i++) this.#push(element);
        return;
      case 'vecLen':
        this.#expectReferenceTo(vector, false);
        this.#push(U64);
        return;
      case 'vecImmBorrow':
      case 'vecMutBorrow': {
        const isMutable = instruction.op === 'vecMutBorrow';
        this.#expect(U64, 'TYPE_MISMATCH');
        this.#expectReferenceTo(vector, isMutable);
        this.#push(referenceTo(element, isMutable));
        return;
      }
      case 'vecPushBack':
        this.#expect(element, 'TYPE_MISMATCH');
        this.#expectReferenceTo(vector, true);
        return;
      case 'vecPopBack':
        this.#expectReferenceTo(vector, true);
        this.#push(element);
        return;
      case 'vecSwap':
        this.#expect(U64, 'TYPE_MISMATCH');
        this.#expect(U64, 'TYPE_MISMATCH');
        this.#expectReferenceTo(vector, true);
    }
  }

  #writeRef(): void {
    const reference = this.#pop();
    const value = this.#pop();
    if (reference.kind !== 'mutableReference') this.#refuse('WRITEREF_NO_MUTABLE_REFERENCE_ERROR');
    if (!this.#has(reference.inner, Ability.drop)) this.#refuse('WRITEREF_WITHOUT_DROP_ABILITY');
    if (!sameType(value, reference.inner)) this.#refuse('WRITEREF_TYPE_MISMATCH_ERROR');
  }

  #cast(to: SignatureToken): void {
    if (!INTEGERS.has(this.#pop().kind)) this.#refuse('INTEGER_OP_TYPE_MISMATCH_ERROR');
    this.#push(to);
  }

  #twoIntegers(): SignatureToken {
    const right = this.#pop();
    const left = this.#pop();
    if (!INTEGERS.has(right.kind) || left.kind !== right.kind) this.#refuse('INTEGER_OP_TYPE_MISMATCH_ERROR');
    return right;
  }

  #expect(type: SignatureToken, status: VerificationStatus): void {
    if (!sameType(this.#pop(), type)) this.#refuse(status);
  }

  #expectReferenceTo(type: SignatureToken, isMutable: boolean): void {
    const operand = this.#pop();
    const inner = this.#referred(operand);
    if (!inner || (isMutable && operand.kind !== 'mutableReference') || !sameType(inner, type)) {
      this.#refuse('TYPE_MISMATCH');
    }
  }

  #referred(type: SignatureToken): SignatureToken | undefined {
    return type.kind === 'reference' || type.kind === 'mutableReference' ? type.inner : undefined;
  }

  #has(type: SignatureToken, ability: AbilitySet): boolean {
    return hasAbility(abilitiesOf(this.#body.unit, type, this.#body.typeParameters), ability);
  }

  #push(type: SignatureToken): void {
    this.#charge(type);
    this.#stack.push(type);
  }

  #pop(): SignatureToken {
    const type = this.#stack.pop();
    assert(type !== undefined, 'the stack is empty after its use was checked');
    return type;
  }

  #charge(type: SignatureToken): void {
    let nodes = 0;
    visitTypes(type, () => nodes++);
    this.#meter.add(UNITS_PER_TYPE_NODE * nodes);
  }

  #refuse(status: VerificationStatus): never {
    const op = this.#body.code[this.#offset]?.op ?? 'nothing';
    refuseAt(this.#body, status, `wrong operands of ${op}`, this.#offset);
  }
}

type LocalInstruction = Extract<Instruction, { readonly local: number }>;
type VectorInstruction = Extract<Instruction, { readonly type: number }>;

function referenceTo(inner: SignatureToken, isMutable: boolean): SignatureToken {
  return { kind: isMutable ? 'mutableReference' : 'reference', inner };
}
