// 0x1::vector natives. Most of the module is instructions, and the compiler of Move emits those.

import { VECTOR } from '../types/type.ts';
import { host, type NativeModule } from './native.ts';

/** `error::invalid_argument`-like code that Aptos's native aborts with. */
const EINDEX_OUT_OF_BOUNDS = 0x20001n;

export const VECTOR_NATIVES: NativeModule = {
  /** Moves `length` elements at `start` of one vector to `at` in the other. */
  move_range: host(
    (gas) => gas.natives.vector.moveRange,
    (native, [element]) =>
      (from: number, start: bigint, length: bigint, to: number, at: bigint) => {
        const size = element?.size ?? 0;
        const fromLength = native.readU32(from + VECTOR.length);
        const toLength = native.readU32(to + VECTOR.length);
        const [first, count, place] = [start, length, at].map((value) => BigInt.asUintN(64, value));
        if (first === undefined || count === undefined || place === undefined) return;
        if (first + count > BigInt(fromLength) || place > BigInt(toLength)) native.abort(EINDEX_OUT_OF_BOUNDS);
        const [begin, moved, target] = [Number(first), Number(count), Number(place)];
        native.charge(native.gas.natives.vector.moveRangePerIndex * (fromLength - begin + moved + (toLength - target)));
        const source = native.readU32(from + VECTOR.elements);
        const taken = native.read(source + begin * size, moved * size);
        const rest = native.read(source + (begin + moved) * size, (fromLength - begin - moved) * size);
        native.write(source + begin * size, rest);
        native.writeU32(from + VECTOR.length, fromLength - moved);
        const old = native.read(native.readU32(to + VECTOR.elements), toLength * size);
        const joined = native.allocate((toLength + moved) * size);
        native.write(joined, old.subarray(0, target * size));
        native.write(joined + target * size, taken);
        native.write(joined + (target + moved) * size, old.subarray(target * size));
        native.writeU32(to + VECTOR.elements, joined);
        native.writeU32(to + VECTOR.length, toLength + moved);
        native.writeU32(to + VECTOR.capacity, toLength + moved);
      },
  ),
};
