// 0x1::code: what is asked for here is done by whoever runs the transaction, once it has run. The natives charge, see to it that there is
// one request a run, and hand it over with the run's result.

import { utf8Decode } from '../../base/bytes.ts';
import { addressFromBytes } from '../../base/ids.ts';
import type { AllowedDependency } from '../run.ts';
import { VECTOR } from '../types/type.ts';
import { host, type NativeHost, type NativeModule } from './native.ts';
import { readVectors } from './vectors.ts';

/** `error::invalid_state(0)` */
const EALREADY_REQUESTED = 0x30000n;
const ADDRESS_SIZE = 32;
/** `AllowedDep { account: address, module_name: String }` */
const ALLOWED_DEP_SIZE = ADDRESS_SIZE + VECTOR.size;

export const CODE: NativeModule = {
  request_publish: host(
    (gas) => gas.natives.code.requestPublish,
    (native) => (owner: number, names: number, bundle: number) => {
      charge(native, bytesOfVectors(native, bundle), bytesOfVectors(native, names));
      request(native, owner, names, bundle);
    },
  ),
  request_publish_with_allowed_deps: host(
    (gas) => gas.natives.code.requestPublish,
    (native) => (owner: number, names: number, deps: number, bundle: number) => {
      charge(native, bytesOfVectors(native, bundle), bytesOfDeps(native, deps), bytesOfVectors(native, names));
      request(native, owner, names, bundle, readDeps(native, deps));
    },
  ),
};

function charge(native: NativeHost, ...bytes: readonly number[]): void {
  const perByte = native.gas.natives.code.requestPublishPerByte;
  for (const count of bytes) native.charge(perByte * count);
}

function request(
  native: NativeHost,
  owner: number,
  names: number,
  bundle: number,
  allowed?: readonly AllowedDependency[],
): void {
  const { run } = native;
  if (run.publish !== undefined) native.abort(EALREADY_REQUESTED);
  run.publish = {
    owner: addressFromBytes(native.read(owner, ADDRESS_SIZE)),
    // A `String` of Move is UTF-8.
    names: readVectors(native, names).map((name) => utf8Decode(name)),
    bundle: readVectors(native, bundle),
    ...(allowed && { allowed }),
  };
}

function readDeps(native: NativeHost, vector: number): AllowedDependency[] {
  const elements = native.readU32(vector + VECTOR.elements);
  return Array.from({ length: native.readU32(vector + VECTOR.length) }, (_, index) => {
    const dep = elements + index * ALLOWED_DEP_SIZE;
    const address = addressFromBytes(native.read(dep, ADDRESS_SIZE));
    return { address, module: utf8Decode(native.readVector(dep + ADDRESS_SIZE)) };
  });
}

/** Of all elements of a vector of `vector<u8>` or `String`. */
function bytesOfVectors(native: NativeHost, vector: number): number {
  const elements = native.readU32(vector + VECTOR.elements);
  let bytes = 0;
  for (let i = 0; i < native.readU32(vector + VECTOR.length); i++) {
    bytes += native.readU32(elements + i * VECTOR.size + VECTOR.length);
  }
  return bytes;
}

/** Of all names, and of every account once. */
function bytesOfDeps(native: NativeHost, vector: number): number {
  const elements = native.readU32(vector + VECTOR.elements);
  const accounts = new Set<string>();
  let bytes = 0;
  for (let i = 0; i < native.readU32(vector + VECTOR.length); i++) {
    const dep = elements + i * ALLOWED_DEP_SIZE;
    accounts.add(native.read(dep, ADDRESS_SIZE).join());
    bytes += native.readU32(dep + ADDRESS_SIZE + VECTOR.length);
  }
  return bytes + accounts.size * ADDRESS_SIZE;
}
