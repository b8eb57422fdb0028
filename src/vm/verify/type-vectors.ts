// Pass 12, vectors.

import { at, type VectorInstruction } from '../bytecode/access.ts';
import type { SignatureToken } from '../bytecode/module.ts';
import { referenceTo, type TypeStack } from './type-stack.ts';

export function checkVector(stack: TypeStack, instruction: VectorInstruction): void {
  const element = at(at(stack.body.unit.signatures, instruction.type), 0);
  const vector: SignatureToken = { kind: 'vector', inner: element };
  switch (instruction.op) {
    case 'vecPack':
      for (let i = 0; i < instruction.count; i++) stack.expectAssignable(element, 'TYPE_MISMATCH');
      stack.pushFree(vector);
      return;
    case 'vecUnpack':
      stack.expect(vector, 'TYPE_MISMATCH');
      for (let i = 0; i < instruction.count; i++) stack.push(element);
      return;
    case 'vecLen':
      stack.expectReferenceTo(vector, false, 'TYPE_MISMATCH');
      stack.pushLeaf('u64');
      return;
    case 'vecImmBorrow':
    case 'vecMutBorrow': {
      const isMutable = instruction.op === 'vecMutBorrow';
      stack.expectLeaf('u64', 'TYPE_MISMATCH');
      stack.expectReferenceTo(vector, isMutable, 'TYPE_MISMATCH');
      stack.push(referenceTo(element, isMutable));
      return;
    }
    case 'vecPushBack':
      stack.expectAssignable(element, 'TYPE_MISMATCH');
      stack.expectReferenceTo(vector, true, 'TYPE_MISMATCH');
      return;
    case 'vecPopBack':
      stack.expectReferenceTo(vector, true, 'TYPE_MISMATCH');
      stack.push(element);
      return;
    case 'vecSwap':
      stack.expectLeaf('u64', 'TYPE_MISMATCH');
      stack.expectLeaf('u64', 'TYPE_MISMATCH');
      stack.expectReferenceTo(vector, true, 'TYPE_MISMATCH');
  }
}
