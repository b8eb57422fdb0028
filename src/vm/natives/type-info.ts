// 0x1::type_info: names of types, as Aptos writes them.

import { utf8Encode } from '../../base/bytes.ts';
import { addressToBytes } from '../../base/ids.ts';
import { isNominal, VECTOR } from '../types/type.ts';
import { host, type NativeModule } from './native.ts';

/** What Aptos's native aborts with for a type that is no struct. */
const EXPECTED_STRUCT = 1n;
const ADDRESS_SIZE = 32;

export const TYPE_INFO: NativeModule = {
  /** `TypeInfo { account_address, module_name, struct_name }`; the type arguments are part of the struct's name. */
  type_of: host(
    (gas) => gas.natives.typeInfo.base,
    (native, [type]) =>
      (result: number) => {
        if (type === undefined || !isNominal(type)) return native.abort(EXPECTED_STRUCT);
        const args = type.typeArgs.length === 0 ? '' : `<${type.typeArgs.map(({ name }) => name).join(', ')}>`;
        const module = utf8Encode(type.module.name);
        const struct = utf8Encode(type.structName + args);
        native.charge(native.gas.natives.typeInfo.perByte * (module.length + struct.length));
        native.write(result, addressToBytes(type.module.address));
        native.writeVector(result + ADDRESS_SIZE, module);
        native.writeVector(result + ADDRESS_SIZE + VECTOR.size, struct);
      },
  ),
  type_name: host(
    (gas) => gas.natives.typeInfo.base,
    (native, [type]) =>
      (result: number) => {
        const name = utf8Encode(type?.name ?? '');
        native.charge(native.gas.natives.typeInfo.perByte * name.length);
        native.writeVector(result, name);
      },
  ),
};
