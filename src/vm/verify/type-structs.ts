// Pass 12, structs, enums and global storage.

import { assert } from '../../base/errors.ts';
import { at, fieldsOf, type IndexInstruction, type OperandTarget, sameType, substitute } from '../bytecode/access.ts';
import { Ability, type SignatureToken, type StructDefinition } from '../bytecode/module.ts';
import { referenceTo, referred, type TypeStack } from './type-stack.ts';

type StructTarget = Extract<OperandTarget, { readonly struct: number }>;

export function checkStructOperation(
  stack: TypeStack,
  op: IndexInstruction['op'],
  target: StructTarget,
  typeArgs: readonly SignatureToken[],
): void {
  const { unit } = stack.body;
  assert(unit.kind === 'module', 'a struct in a script');
  const definition = at(unit.structs, target.struct);
  const type: SignatureToken = { kind: 'struct', handle: definition.handle, typeArgs };
  switch (op) {
    case 'pack':
    case 'packGeneric':
    case 'packVariant':
    case 'packVariantGeneric':
      for (const field of fieldTypes(stack, definition, target, typeArgs).toReversed()) {
        stack.expectAssignable(field, 'PACK_TYPE_MISMATCH_ERROR');
      }
      stack.push(type);
      return;
    case 'unpack':
    case 'unpackGeneric':
    case 'unpackVariant':
    case 'unpackVariantGeneric':
      stack.expect(type, 'UNPACK_TYPE_MISMATCH_ERROR');
      for (const field of fieldTypes(stack, definition, target, typeArgs)) stack.push(field);
      return;
    case 'testVariant':
    case 'testVariantGeneric': {
      const inner = referred(stack.pop());
      if (!inner || !sameType(inner, type)) stack.refuse('TEST_VARIANT_TYPE_MISMATCH_ERROR');
      stack.pushLeaf('bool');
      return;
    }
    case 'mutBorrowField':
    case 'mutBorrowFieldGeneric':
    case 'mutBorrowVariantField':
    case 'mutBorrowVariantFieldGeneric':
      borrowField(stack, definition, target, type, typeArgs, true);
      return;
    case 'immBorrowField':
    case 'immBorrowFieldGeneric':
    case 'immBorrowVariantField':
    case 'immBorrowVariantFieldGeneric':
      borrowField(stack, definition, target, type, typeArgs, false);
      return;
    case 'mutBorrowGlobal':
    case 'mutBorrowGlobalGeneric':
    case 'immBorrowGlobal':
    case 'immBorrowGlobalGeneric':
      stack.expectLeaf('address', 'BORROWGLOBAL_TYPE_MISMATCH_ERROR');
      if (!stack.has(type, Ability.key)) stack.refuse('BORROWGLOBAL_WITHOUT_KEY_ABILITY');
      stack.push(referenceTo(type, op.startsWith('mut')));
      return;
    case 'exists':
    case 'existsGeneric':
      if (!stack.has(type, Ability.key)) stack.refuse('EXISTS_WITHOUT_KEY_ABILITY_OR_BAD_ARGUMENT');
      stack.expectLeaf('address', 'EXISTS_WITHOUT_KEY_ABILITY_OR_BAD_ARGUMENT');
      stack.pushLeaf('bool');
      return;
    case 'moveFrom':
    case 'moveFromGeneric':
      if (!stack.has(type, Ability.key)) stack.refuse('MOVEFROM_WITHOUT_KEY_ABILITY');
      stack.expectLeaf('address', 'MOVEFROM_TYPE_MISMATCH_ERROR');
      stack.push(type);
      return;
    case 'moveTo':
    case 'moveToGeneric':
      if (!stack.has(type, Ability.key)) stack.refuse('MOVETO_WITHOUT_KEY_ABILITY');
      stack.expect(type, 'MOVETO_TYPE_MISMATCH_ERROR');
      stack.expect({ kind: 'reference', inner: { kind: 'signer' } }, 'MOVETO_TYPE_MISMATCH_ERROR');
  }
}

/** Types of the fields that packing takes and unpacking gives. */
function fieldTypes(
  stack: TypeStack,
  definition: StructDefinition,
  target: StructTarget,
  typeArgs: readonly SignatureToken[],
): readonly SignatureToken[] {
  const variant = target.kind === 'variant' ? target.variant : undefined;
  if (definition.layout.kind !== (variant === undefined ? 'struct' : 'enum')) {
    stack.refuse('PACK_TYPE_MISMATCH_ERROR');
  }
  return fieldsOf(definition, variant).map((field) => substitute(field.type, typeArgs));
}

function borrowField(
  stack: TypeStack,
  definition: StructDefinition,
  target: StructTarget,
  owner: SignatureToken,
  typeArgs: readonly SignatureToken[],
  isMutable: boolean,
): void {
  assert(target.kind === 'field' || target.kind === 'variantField', 'no field to borrow');
  const operand = stack.pop();
  const inner = referred(operand);
  if (!inner || (isMutable && operand.kind !== 'mutableReference') || !sameType(inner, owner)) {
    stack.refuse('BORROWFIELD_TYPE_MISMATCH_ERROR');
  }
  const variants = target.kind === 'variantField' ? target.variants : [undefined];
  let type: SignatureToken | undefined;
  for (const variant of variants) {
    const field = fieldsOf(definition, variant)[target.field];
    if (!field) stack.refuse('BORROWFIELD_BAD_FIELD_ERROR');
    const found = substitute(field.type, typeArgs);
    if (type && !sameType(type, found)) stack.refuse('BORROWFIELD_TYPE_MISMATCH_ERROR');
    type = found;
  }
  if (!type) stack.refuse('ZERO_VARIANTS_ERROR');
  stack.push(referenceTo(type, isMutable));
}
