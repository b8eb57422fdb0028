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
    (native, { typeArgs: [type] }) =>
      (result: number) => {
        native.charge(native.gas.natives.typeInfo.perByte * utf8Encode(type?.name ?? '').length);
        if (type === undefined || !isNominal(type)) return native.abort(EXPECTED_STRUCT);
        const args = type.typeArgs.length === 0 ? '' : `<${type.typeArgs.map(({ name }) => name).join(', ')}>`;
        native.write(result, addressToBytes(type.module.address));
        native.writeVector(result + ADDRESS_SIZE, utf8Encode(type.module.name));
        native.writeVector(result + ADDRESS_SIZE + VECTOR.size, utf8Encode(type.structName + args));
      },
  ),
  type_name: host(
    (gas) => gas.natives.typeInfo.base,
    (native, { typeArgs: [type] }) =>
      (result: number) => {
        const name = utf8Encode(type?.name ?? '');
        native.charge(native.gas.natives.typeInfo.perByte * name.length);
        native.writeVector(result, name);
      },
  ),
  /** Of the transaction. On Aptos there always is one; here a run that names no chain ends as where Aptos's VM lacks what it needs. */
  chain_id_internal: host(
    (gas) => gas.natives.typeInfo.chainId,
    (native) => () =>
      native.run.request.transaction?.chainId ?? native.fail('VM_EXTENSION_ERROR', 'the run is on no chain'),
  ),
};
