// 0x1::object: addresses derived from addresses, and whether a resource of some type is at one.

import { sha3_256 } from '../../base/hash.ts';
import { isNominal } from '../types/type.ts';
import { host, type NativeModule } from './native.ts';

const ADDRESS_SIZE = 32;
/** The scheme byte of user-derived object addresses. */
const DERIVE_OBJECT_ADDRESS_FROM_OBJECT = Uint8Array.of(0xfc);
/** A function type can have `key`, but is no resource. */
const ENOT_A_RESOURCE_TYPE = 11n;

export const OBJECT: NativeModule = {
  create_user_derived_object_address_impl: host(
    (gas) => gas.natives.object.userDerivedAddress,
    (native) => (source: number, derivedFrom: number, result: number) => {
      const parts = [native.read(source, ADDRESS_SIZE), native.read(derivedFrom, ADDRESS_SIZE)];
      native.write(result, sha3_256(...parts, DERIVE_OBJECT_ADDRESS_FROM_OBJECT));
    },
  ),
  exists_at: host(
    (gas) => gas.natives.object.existsAt,
    (native, { typeArgs: [type] }) =>
      (account: number) => {
        if (type === undefined || !isNominal(type)) return native.abort(ENOT_A_RESOURCE_TYPE);
        return native.run.storage.resource(type, native.read(account, ADDRESS_SIZE)).address === 0 ? 0 : 1;
      },
    ({ typeArgs }) => typeArgs,
  ),
};
