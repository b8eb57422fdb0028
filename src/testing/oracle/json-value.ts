// The Rust VM gives a view's return values as JSON. This turns them back into BCS, which is what the two VMs are compared in. Enums are not
// understood, as their JSON does not say which variant it is of: see bcs-views.ts.

import { BcsWriter } from '../../base/bcs.ts';
import { type Bytes, fromHex } from '../../base/bytes.ts';
import { AssertionError, assert } from '../../base/errors.ts';
import { addressToBytes, parseAddress } from '../../base/ids.ts';
import { at, moduleIdAt } from '../../vm/bytecode/access.ts';
import type { CompiledModule, ModuleId, SignatureToken } from '../../vm/bytecode/module.ts';

/** Finds a module that was published. */
export type FindModule = (id: ModuleId) => CompiledModule;

/** A type where it stands: its handles are of `module`, its type parameters stand for `typeArgs`. */
interface PlacedType {
  readonly token: SignatureToken;
  readonly module: CompiledModule;
  readonly typeArgs: readonly PlacedType[];
}
type PlacedStruct = PlacedType & { readonly token: Extract<SignatureToken, { kind: 'struct' }> };

/** `token` as it stands in `module`; no type parameters. */
export function bcsOfJson(json: unknown, token: SignatureToken, module: CompiledModule, find: FindModule): Bytes {
  const writer = new BcsWriter();
  writeValue(writer, json, { token, module, typeArgs: [] }, find);
  return writer.finish();
}

/** A `vector<u8>`'s own bytes: hex, but no bytes are an empty list. */
export function bytesOfJson(json: unknown): Bytes {
  if (Array.isArray(json) && json.length === 0) return new Uint8Array();
  assert(typeof json === 'string', 'bytes in JSON');
  return fromHex(json);
}

function writeValue(writer: BcsWriter, json: unknown, type: PlacedType, find: FindModule): void {
  const { token } = type;
  switch (token.kind) {
    case 'bool':
      assert(typeof json === 'boolean', 'a bool in JSON');
      writer.bool(json);
      return;
    case 'u8':
    case 'u16':
    case 'u32':
      assert(typeof json === 'number', `a ${token.kind} in JSON`);
      writer[token.kind](json);
      return;
    case 'u64':
    case 'u128':
    case 'u256':
      assert(typeof json === 'string', `a ${token.kind} in JSON`);
      writer[token.kind](BigInt(json));
      return;
    case 'address':
      assert(typeof json === 'string', 'an address in JSON');
      writer.fixed(addressToBytes(parseAddress(json)));
      return;
    case 'vector':
      if (typeof json === 'string') {
        writer.bytes(bytesOfJson(json));
        return;
      }
      assert(Array.isArray(json), 'a vector in JSON');
      writer.vector(json, (w, item) => writeValue(w, item, { ...type, token: token.inner }, find));
      return;
    case 'struct':
      writeStruct(writer, json, { ...type, token }, find);
      return;
    case 'reference':
    case 'mutableReference':
      writeValue(writer, json, { ...type, token: token.inner }, find);
      return;
    case 'typeParameter':
      writeValue(writer, json, at(type.typeArgs, token.index), find);
      return;
    case 'signer':
      throw new AssertionError('a signer is no return value');
  }
}

function writeStruct(writer: BcsWriter, json: unknown, type: PlacedStruct, find: FindModule): void {
  const { token, module } = type;
  const handle = at(module.structHandles, token.handle);
  const name = at(module.identifiers, handle.name);
  const home = moduleIdAt(module, handle.module);
  const typeArgs = token.typeArgs.map((arg) => ({ ...type, token: arg }));
  const isStandard = BigInt(home.address) === 1n;
  if (isStandard && home.name === 'string' && name === 'String') {
    assert(typeof json === 'string', 'a string in JSON');
    writer.string(json);
    return;
  }
  if (isStandard && home.name === 'option' && name === 'Option') {
    writer.option(json === null ? undefined : json, (w, item) => writeValue(w, item, at(typeArgs, 0), find));
    return;
  }
  const owner = find(home);
  const definition = owner.structs.find((candidate) => {
    const own = at(owner.structHandles, candidate.handle);
    return at(owner.identifiers, own.name) === name;
  });
  assert(definition?.layout.kind === 'struct', `${home.name}::${name} has no JSON that is understood here`);
  assert(typeof json === 'object' && json !== null, 'a struct in JSON');
  for (const field of definition.layout.fields) {
    const value = (json as Record<string, unknown>)[at(owner.identifiers, field.name)];
    writeValue(writer, value, { token: field.type, module: owner, typeArgs }, find);
  }
}
