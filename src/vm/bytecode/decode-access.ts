// Decodes access specifiers: what a function says that it reads and writes in storage.

import type { Cursor } from './cursor.ts';
import {
  ACCESS_SPECIFIER_COUNT_MAX,
  AccessCode,
  AddressCode,
  BooleanCode,
  INDEX_MAX,
  LOCAL_INDEX_MAX,
  OPTION_NONE,
  OPTION_SOME,
  ResourceCode,
} from './format.ts';
import type { AccessSpecifier, AddressSpecifier, ResourceSpecifier } from './module.ts';

/** Nothing where the option is absent, so that it can be spread. */
export function decodeAccessSpecifiers(cursor: Cursor): { readonly accessSpecifiers?: readonly AccessSpecifier[] } {
  if (!decodeOption(cursor)) return {};
  return { accessSpecifiers: cursor.list('access specifiers', ACCESS_SPECIFIER_COUNT_MAX, decodeSpecifier) };
}

function decodeSpecifier(cursor: Cursor): AccessSpecifier {
  const access = decodeChoice(cursor, 'access', AccessCode);
  const isNegated = decodeChoice(cursor, 'negation', BooleanCode) === 'true';
  return { access, isNegated, resource: decodeResource(cursor), address: decodeAddress(cursor) };
}

function decodeResource(cursor: Cursor): ResourceSpecifier {
  const kind = decodeChoice(cursor, 'resource specifier', ResourceCode);
  switch (kind) {
    case 'any':
      return { kind };
    case 'atAddress':
      return { kind, address: cursor.uleb('address', INDEX_MAX) };
    case 'inModule':
      return { kind, module: cursor.uleb('module handle', INDEX_MAX) };
    case 'struct':
      return { kind, handle: cursor.uleb('struct handle', INDEX_MAX) };
    case 'structInstantiation': {
      const handle = cursor.uleb('struct handle', INDEX_MAX);
      return { kind, handle, typeArgs: cursor.uleb('type arguments', INDEX_MAX) };
    }
  }
}

function decodeAddress(cursor: Cursor): AddressSpecifier {
  const kind = decodeChoice(cursor, 'address specifier', AddressCode);
  switch (kind) {
    case 'any':
      return { kind };
    case 'literal':
      return { kind, address: cursor.uleb('address', INDEX_MAX) };
    case 'parameter': {
      const local = cursor.uleb('local', LOCAL_INDEX_MAX);
      if (!decodeOption(cursor)) return { kind, local };
      return { kind, local, through: cursor.uleb('function instantiation', INDEX_MAX) };
    }
  }
}

function decodeOption(cursor: Cursor): boolean {
  const start = cursor.offset;
  const option = cursor.u8('option');
  if (option !== OPTION_NONE && option !== OPTION_SOME) cursor.fail('MALFORMED', `option ${option}`, start);
  return option === OPTION_SOME;
}

/** The name of the byte that stands next. */
function decodeChoice<Name extends string>(cursor: Cursor, what: string, codes: Readonly<Record<Name, number>>): Name {
  const start = cursor.offset;
  const code = cursor.u8(what);
  const found = Object.entries(codes).find(([, candidate]) => candidate === code);
  if (!found) cursor.fail('MALFORMED', `${what} ${code}`, start);
  return found[0] as Name;
}
