// Decodes one attribute of a function handle.

import type { Cursor } from './cursor.ts';
import { AttributeCode, VERSION_CLOSURES, VERSION_STRUCT_API } from './format.ts';
import type { FunctionAttribute } from './module.ts';

type AttributeKind = FunctionAttribute['kind'];

const KINDS: ReadonlyMap<number, AttributeKind> = new Map(
  Object.entries(AttributeCode).map(([kind, code]) => [code, kind as AttributeKind]),
);

export function decodeAttribute(cursor: Cursor): FunctionAttribute {
  const start = cursor.offset;
  const code = cursor.u8('attribute');
  const kind = KINDS.get(code);
  if (kind === undefined) cursor.fail('MALFORMED', `attribute ${code}`, start);
  const since = kind === 'persistent' || kind === 'moduleLock' ? VERSION_CLOSURES : VERSION_STRUCT_API;
  if (cursor.version < since) cursor.fail('MALFORMED', `${kind} in bytecode version ${cursor.version}`, start);
  switch (kind) {
    case 'packVariant':
    case 'unpackVariant':
    case 'testVariant':
      return { kind, variant: cursor.u16() };
    case 'borrowField':
    case 'borrowFieldMutable':
      return { kind, field: cursor.u16() };
    default:
      return { kind };
  }
}
