// Fields of enums as functions that stand for borrowing them count them (bytecode version 10).

import { sameType } from '../bytecode/access.ts';
import type { SignatureToken, StructDefinition } from '../bytecode/module.ts';

/** One of the types that variants have at an offset, and which of them do. */
interface VariantField {
  readonly type: SignatureToken;
  readonly offset: number;
  readonly variants: number[];
}

const known = new WeakMap<StructDefinition, readonly VariantField[]>();

/** Distinct types and offsets, in the order in which they come: names of functions have their numbers. */
export function variantFieldsOf(definition: StructDefinition): readonly VariantField[] {
  let fields = known.get(definition);
  if (!fields) {
    fields = collect(definition);
    known.set(definition, fields);
  }
  return fields;
}

function collect({ layout }: StructDefinition): readonly VariantField[] {
  const found: VariantField[] = [];
  const byOffset: VariantField[][] = [];
  for (const [variant, { fields }] of layout.kind === 'enum' ? layout.variants.entries() : []) {
    for (const [offset, { type }] of fields.entries()) {
      byOffset[offset] ??= [];
      const same = byOffset[offset].find((entry) => sameType(entry.type, type));
      if (same) {
        same.variants.push(variant);
        continue;
      }
      const entry = { type, offset, variants: [variant] };
      byOffset[offset].push(entry);
      found.push(entry);
    }
  }
  return found;
}
