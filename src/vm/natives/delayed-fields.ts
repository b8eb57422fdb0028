// Which types hold values that Aptos keeps apart from the value around them, so that transactions that change them need not wait for each other:
// those of `0x1::aggregator_v2`. Executed one after the other, the value stands in its place; what remains to be seen is that some natives
// refuse such types.

import { isFrameworkStruct, isNominal, type Type } from '../types/type.ts';

const MODULE = 'aggregator_v2';
const STRUCTS = ['Aggregator', 'AggregatorSnapshot', 'DerivedStringSnapshot'];

export function isDelayedField(type: Type): boolean {
  return STRUCTS.some((name) => isFrameworkStruct(type, MODULE, name));
}

/** Whether a value of the type may have such a value inside. */
export function holdsDelayedField(type: Type): boolean {
  if (type.kind === 'vector') return holdsDelayedField(type.element);
  if (!isNominal(type)) return false;
  if (isDelayedField(type)) return true;
  const fields = type.kind === 'struct' ? type.fields : type.variants.flatMap((variant) => variant.fields);
  return fields.some((field) => holdsDelayedField(field.type));
}
