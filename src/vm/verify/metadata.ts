// What a module that is to be published may say of itself. Aptos looks at it then only (types/src/vm/module_metadata.rs): code is safe
// whatever its metadata.

import { decodeBcs } from '../../base/bcs.ts';
import { bytesEqual, utf8Encode } from '../../base/bytes.ts';
import { DecodeError } from '../../base/errors.ts';
import { at, returnsOf, structHandleOf } from '../bytecode/access.ts';
import {
  type Attribute,
  COMPILATION_KEY,
  decodeMetadata,
  decodeOldMetadata,
  METADATA_KEY,
  OLD_METADATA_KEY,
  readMetadata,
} from '../bytecode/metadata.ts';
import { Ability, type CompiledModule } from '../bytecode/module.ts';
import { hasAbility } from './abilities.ts';
import { refuse } from './error.ts';

/** As long as the compiler's and the language's version are ever written. */
const VERSION_TEXT_MAX = 256;
const GROUP_SCOPES: readonly string[] = ['global', 'address', 'module_'];

/** How the value of each key is read. */
const READERS: readonly (readonly [key: Uint8Array, read: (value: Uint8Array) => unknown])[] = [
  [utf8Encode(METADATA_KEY), decodeMetadata],
  [utf8Encode(OLD_METADATA_KEY), decodeOldMetadata],
  [utf8Encode(COMPILATION_KEY), decodeCompilation],
];

/** Only keys that Aptos knows, each once, readable, and attributes that fit what they stand on. @throws VerificationError */
export function checkMetadata(module: CompiledModule): void {
  checkEntries(module);
  const metadata = readMetadata(module);
  for (const [name, attributes] of metadata.functions) {
    for (const attribute of attributes) {
      if (!fitsFunction(module, name, attribute)) misplaced(module, name, attribute);
    }
  }
  for (const [name, attributes] of metadata.structs) {
    for (const attribute of attributes) {
      if (!fitsStruct(module, name, attribute)) misplaced(module, name, attribute);
    }
  }
}

function checkEntries(module: CompiledModule): void {
  const seen = new Set<string>();
  for (const [index, { key, value }] of module.metadata.entries()) {
    const place = { table: 'metadata', index } as const;
    const known = READERS.findIndex(([candidate]) => bytesEqual(candidate, key));
    const read = READERS[known]?.[1];
    if (!read) refuse(module, 'CONSTRAINT_NOT_SATISFIED', 'metadata of an unknown kind', place);
    // Both forms of the module's description count as one.
    const kind = read === decodeCompilation ? 'compilation' : 'description';
    if (seen.has(kind)) refuse(module, 'CONSTRAINT_NOT_SATISFIED', 'metadata of one kind twice', place);
    seen.add(kind);
    try {
      read(value);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      refuse(module, 'CONSTRAINT_NOT_SATISFIED', `metadata: ${error.message}`, place);
    }
  }
}

/** `CompilationMetadata`: whether it uses unstable features, and the versions of compiler and language. */
function decodeCompilation(value: Uint8Array): unknown {
  return decodeBcs(value, 'compilation metadata', (reader) => [
    reader.bool('unstable'),
    reader.string('compiler version', VERSION_TEXT_MAX),
    reader.string('language version', VERSION_TEXT_MAX),
  ]);
}

function fitsFunction(module: CompiledModule, name: string, { kind }: Attribute): boolean {
  const definition = module.functions.find(
    ({ handle }) => at(module.identifiers, at(module.functionHandles, handle).name) === name,
  );
  if (!definition) return false;
  if (kind === 'view') return returnsOf(module, at(module.functionHandles, definition.handle)).length > 0;
  return kind === 'randomness' && definition.isEntry && definition.visibility !== 'public';
}

function fitsStruct(module: CompiledModule, name: string, { kind, args }: Attribute): boolean {
  if (kind === 'event') return true;
  const definition = module.structs.find(
    (candidate) => at(module.identifiers, structHandleOf(module, candidate).name) === name,
  );
  if (!definition || args.length === 0) return false;
  const handle = structHandleOf(module, definition);
  if (kind === 'resourceGroupMember') return hasAbility(handle.abilities, Ability.key);
  if (kind !== 'resourceGroup' || !GROUP_SCOPES.includes(args[0] ?? '')) return false;
  const { layout } = definition;
  const isMarker = layout.kind === 'struct' && layout.fields.length === 1;
  return isMarker && handle.abilities === 0 && handle.typeParameters.length === 0;
}

function misplaced(module: CompiledModule, name: string, { kind }: Attribute): never {
  refuse(module, 'CONSTRAINT_NOT_SATISFIED', `the attribute ${kind} does not fit ${name}`);
}
