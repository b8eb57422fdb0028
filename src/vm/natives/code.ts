// 0x1::code: what is asked for here is done by the chain once the transaction has run (it sees the call itself), so the natives only charge and
// see to it that there is one request a run.

import { VECTOR } from '../types/type.ts';
import { host, type NativeHost, type NativeModule, perRun } from './native.ts';

/** `error::invalid_state(0)` */
const EALREADY_REQUESTED = 0x30000n;
const ADDRESS_SIZE = 32;
/** `AllowedDep { account: address, module_name: String }` */
const ALLOWED_DEP_SIZE = ADDRESS_SIZE + VECTOR.size;

const requests = perRun(() => ({ made: false }));

export const CODE: NativeModule = {
  request_publish: host(
    (gas) => gas.natives.code.requestPublish,
    (native) => (_owner: number, names: number, bundle: number) => {
      request(native, bytesOfVectors(native, bundle), bytesOfVectors(native, names));
    },
  ),
  request_publish_with_allowed_deps: host(
    (gas) => gas.natives.code.requestPublish,
    (native) => (_owner: number, names: number, deps: number, bundle: number) => {
      request(native, bytesOfVectors(native, bundle), bytesOfDeps(native, deps), bytesOfVectors(native, names));
    },
  ),
};

function request(native: NativeHost, ...bytes: readonly number[]): void {
  const perByte = native.gas.natives.code.requestPublishPerByte;
  for (const count of bytes) native.charge(perByte * count);
  const state = requests(native);
  if (state.made) native.abort(EALREADY_REQUESTED);
  state.made = true;
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
