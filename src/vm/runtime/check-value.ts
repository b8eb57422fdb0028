// What BCS alone does not say about a value that a caller brings: a String is UTF-8, an Option holds at most one value.

import { type BcsReader, decodeBcs } from '../../base/bcs.ts';
import { DecodeError } from '../../base/errors.ts';
import { isUtf8 } from '../natives/string.ts';
import { holdsFunctions } from '../types/function-type.ts';
import { type Field, isFrameworkStruct, type Type } from '../types/type.ts';

const MEMBERS_MAX = 0x7fff_ffff;

/** Whether values of the type have such a promise to keep. */
export function needsCheck(type: Type): boolean {
  switch (type.kind) {
    case 'vector':
      return needsCheck(type.element);
    case 'struct':
      // No entry function takes function values; what tools bring beside one is as they say.
      if (holdsFunctions(type)) return false;
      return (
        isFrameworkStruct(type, 'string', 'String') ||
        isFrameworkStruct(type, 'option', 'Option') ||
        type.fields.some((field) => needsCheck(field.type))
      );
    case 'enum':
      return type.variants.some((variant) => variant.fields.some((field) => needsCheck(field.type)));
    case 'reference':
      return needsCheck(type.inner);
    default:
      return false;
  }
}

/** `bytes` are BCS of the type. */
export function keepsPromises(type: Type, bytes: Uint8Array): boolean {
  try {
    decodeBcs(bytes, 'argument', (reader) => check(reader, type));
    return true;
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}

function check(reader: BcsReader, type: Type): void {
  switch (type.kind) {
    case 'vector':
      if (type.element.plain) reader.fixed('elements', reader.length('length', MEMBERS_MAX) * type.element.size);
      else reader.vector('elements', MEMBERS_MAX, (r) => check(r, type.element));
      return;
    case 'struct':
      if (isFrameworkStruct(type, 'string', 'String')) {
        if (!isUtf8(reader.bytes('string', MEMBERS_MAX))) throw new DecodeError('string', 'not UTF-8', reader.offset);
        return;
      }
      if (isFrameworkStruct(type, 'option', 'Option')) {
        const [field] = type.fields;
        if (field?.type.kind === 'vector') {
          const { element } = field.type;
          reader.vector('option', 1, (r) => check(r, element));
          return;
        }
      }
      checkFields(reader, type.fields);
      return;
    case 'enum':
      checkFields(reader, type.variants[reader.variant('variant', type.variants.length)]?.fields ?? []);
      return;
    case 'reference':
      check(reader, type.inner);
      return;
    default:
      reader.fixed('value', type.size);
  }
}

function checkFields(reader: BcsReader, fields: readonly Field[]): void {
  for (const field of fields) check(reader, field.type);
}
