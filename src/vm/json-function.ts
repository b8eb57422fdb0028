// The head of a function value in BCS, as Aptos stores it (aptos-core, values/function_values_impl.rs): a sequence of format version, module,
// function, type arguments, mask, then for each captured value its layout and itself.

import type { BcsReader } from '../base/bcs.ts';
import { DecodeError } from '../base/errors.ts';
import { readAddress } from '../base/ids.ts';
import { readIdentifier, readTypeTag, TYPE_ARGS_MAX, type TypeTag } from '../base/type-tag.ts';
import type { ModuleId } from './bytecode/module.ts';

export interface FunctionValueHead {
  readonly module: ModuleId;
  readonly name: string;
  readonly typeArgs: readonly TypeTag[];
  /** Bit n: parameter n is captured. */
  readonly mask: bigint;
  /** Captured values that follow, each behind its layout. */
  readonly captured: number;
}

const FORMAT_VERSION = 1;
/** Entries of the sequence before the captured values. */
const HEAD_LENGTH = 5;
const CAPTURED_MAX = 64;
const LAYOUT_DEPTH_MAX = 128;
const LAYOUT_PARTS_MAX = 65_536;
/** Variants of `MoveTypeLayout` and `MoveStructLayout` that have parts. */
const LAYOUT = { vector: 5, struct: 6, native: 11, count: 19 } as const;
const STRUCT_LAYOUT = { runtime: 0, runtimeVariants: 1 } as const;

/** @throws DecodeError */
export function readFunctionValue(reader: BcsReader, what: string): FunctionValueHead {
  const parts = reader.length(what, HEAD_LENGTH + 2 * CAPTURED_MAX);
  if (parts < HEAD_LENGTH || (parts - HEAD_LENGTH) % 2 !== 0) {
    throw new DecodeError(what, `a function value of ${parts} parts`, reader.offset);
  }
  const version = reader.u16('format version');
  if (version !== FORMAT_VERSION) throw new DecodeError('format version', `${version} unknown`, reader.offset);
  const module = { address: readAddress(reader, 'module'), name: readIdentifier(reader, 'module') };
  const name = readIdentifier(reader, 'function');
  const typeArgs = reader.vector('type arguments', TYPE_ARGS_MAX, (r) => readTypeTag(r));
  return { module, name, typeArgs, mask: reader.u64('mask'), captured: (parts - HEAD_LENGTH) / 2 };
}

/** @throws DecodeError */
export function skipLayout(reader: BcsReader, depth = 0): void {
  if (depth > LAYOUT_DEPTH_MAX) throw new DecodeError('layout', 'nested too deeply', reader.offset);
  const skip = (r: BcsReader): void => skipLayout(r, depth + 1);
  switch (reader.variant('layout', LAYOUT.count)) {
    case LAYOUT.vector:
      skip(reader);
      return;
    case LAYOUT.struct: {
      const kind = reader.uleb128('struct layout');
      if (kind === STRUCT_LAYOUT.runtime) reader.vector('fields', LAYOUT_PARTS_MAX, skip);
      else if (kind === STRUCT_LAYOUT.runtimeVariants) {
        reader.vector('variants', LAYOUT_PARTS_MAX, (r) => r.vector('fields', LAYOUT_PARTS_MAX, skip));
      } else throw new DecodeError('struct layout', `kind ${kind} is not stored`, reader.offset);
      return;
    }
    case LAYOUT.native:
      reader.uleb128('native kind');
      skip(reader);
      return;
    default:
  }
}
