// The Rust VM gives a view's return values as JSON. This turns them back into BCS, which is what the two VMs are compared in.

import { BcsWriter } from '../../base/bcs.ts';
import { type Bytes, fromHex } from '../../base/bytes.ts';
import { AssertionError, assert } from '../../base/errors.ts';
import { addressToBytes, parseAddress } from '../../base/ids.ts';
import { at, moduleIdAt, substitute } from '../../vm/bytecode/access.ts';
import type { CompiledModule, ModuleId, SignatureToken } from '../../vm/bytecode/module.ts';

/** Finds a module that was published. */
export type FindModule = (id: ModuleId) => CompiledModule;

/** `type` as it stands in `module`. */
export function bcsOfJson(json: unknown, type: SignatureToken, module: CompiledModule, find: FindModule): Bytes {
  const writer = new BcsWriter();
  writeValue(writer, json, type, module, find);
  return writer.finish();
}

function writeValue(
  writer: BcsWriter,
  json: unknown,
  type: SignatureToken,
  module: CompiledModule,
  find: FindModule,
): void {
  switch (type.kind) {
    case 'bool':
      assert(typeof json === 'boolean', 'a bool in JSON');
      writer.bool(json);
      return;
    case 'u8':
    case 'u16':
    case 'u32':
      assert(typeof json === 'number', `a ${type.kind} in JSON`);
      writer[type.kind](json);
      return;
    case 'u64':
    case 'u128':
    case 'u256':
      assert(typeof json === 'string', `a ${type.kind} in JSON`);
      writer[type.kind](BigInt(json));
      return;
    case 'address':
      assert(typeof json === 'string', 'an address in JSON');
      writer.fixed(addressToBytes(parseAddress(json)));
      return;
    case 'vector':
      // Bytes are hex, but no bytes are an empty list.
      if (type.inner.kind === 'u8' && typeof json === 'string') {
        writer.bytes(fromHex(json));
        return;
      }
      assert(Array.isArray(json), 'a vector in JSON');
      writer.vector(json, (w, item) => writeValue(w, item, type.inner, module, find));
      return;
    case 'struct':
      writeStruct(writer, json, type, module, find);
      return;
    case 'reference':
    case 'mutableReference':
      writeValue(writer, json, type.inner, module, find);
      return;
    case 'signer':
    case 'typeParameter':
      throw new AssertionError(`a ${type.kind} is no return value`);
  }
}

function writeStruct(
  writer: BcsWriter,
  json: unknown,
  type: Extract<SignatureToken, { kind: 'struct' }>,
  module: CompiledModule,
  find: FindModule,
): void {
  const handle = at(module.structHandles, type.handle);
  const name = at(module.identifiers, handle.name);
  const home = moduleIdAt(module, handle.module);
  const isStandard = BigInt(home.address) === 1n;
  if (isStandard && home.name === 'string' && name === 'String') {
    assert(typeof json === 'string', 'a string in JSON');
    writer.string(json);
    return;
  }
  if (isStandard && home.name === 'option' && name === 'Option') {
    writer.option(json === null ? undefined : json, (w, item) =>
      writeValue(w, item, at(type.typeArgs, 0), module, find),
    );
    return;
  }
  const owner = find(home);
  const definition = owner.structs.find((candidate) => {
    const own = at(owner.structHandles, candidate.handle);
    return at(owner.identifiers, own.name) === name;
  });
  assert(definition?.layout.kind === 'struct', `${home.name}::${name} has no JSON that is understood here`);
  assert(typeof json === 'object' && json !== null, 'a struct in JSON');
  assert(type.typeArgs.length === 0 || owner === module, 'generic structs of other modules are not understood here');
  for (const field of definition.layout.fields) {
    const value = (json as Record<string, unknown>)[at(owner.identifiers, field.name)];
    writeValue(writer, value, substitute(field.type, type.typeArgs), owner, find);
  }
}
