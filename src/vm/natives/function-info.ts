// 0x1::function_info: names of functions. Calling functions by such names (dispatch) is not there, and neither are the natives that prepare it.

import { utf8Decode } from '../../base/bytes.ts';
import { DecodeError } from '../../base/errors.ts';
import { isIdentifier } from '../../base/type-tag.ts';
import { host, type NativeModule } from './native.ts';

export const FUNCTION_INFO: NativeModule = {
  is_identifier: host(
    (gas) => gas.natives.functionInfo.isIdentifier,
    (native) => (name: number) => {
      const bytes = native.readVector(name);
      native.charge(native.gas.natives.functionInfo.isIdentifierPerByte * bytes.length);
      try {
        return isIdentifier(utf8Decode(bytes)) ? 1 : 0;
      } catch (error) {
        if (error instanceof DecodeError) return 0;
        throw error;
      }
    },
  ),
};
