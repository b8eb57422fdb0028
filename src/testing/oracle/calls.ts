// Random calls of a module's public functions: arguments by the signatures that stand in its bytecode, often near the values where things go
// wrong. The seed fixes the calls.

import { BcsWriter } from '../../base/bcs.ts';
import { type Bytes, utf8Encode } from '../../base/bytes.ts';
import { AssertionError } from '../../base/errors.ts';
import { type Address, addressToBytes, parseAddress } from '../../base/ids.ts';
import { formatTypeTag, parseTypeTag, type TypeTag } from '../../base/type-tag.ts';
import { at, parametersOf, returnsOf, selfId, visitTypes } from '../../vm/bytecode/access.ts';
import type { CompiledModule, FunctionDefinition, SignatureToken } from '../../vm/bytecode/module.ts';
import type { RunRequest } from '../../vm/run.ts';
import type { EdgeRandom } from '../edge-random.ts';
import { hasReadableResults, isString } from './bcs-views.ts';
import { functionName } from './open-module.ts';

/** Few, so that calls meet what earlier calls left. */
export const ACCOUNTS: readonly Address[] = ['0xa11ce', '0xb0b', '0xca401'].map((text) => parseAddress(text));

const TYPE_ARGUMENTS: readonly TypeTag[] = ['u8', 'bool', 'vector<u64>', '0x1::string::String'].map((text) =>
  parseTypeTag(text),
);
const TEXTS = ['', 'a', 'ab', 'channel', '\u20ac', 'na\u00efve', '\u{1f980}'];
/** Sizes of what is decoded somewhere: numbers, addresses, keys; and some that fit nothing. */
const BYTES_LENGTHS = [0, 0, 1, 1, 2, 3, 5, 8, 9, 16, 17, 32, 33, 64] as const;
const LIST_LENGTH_MAX = 5;
/** By the Rust VM's schedule; test programs' loops are short. */
const GAS_LIMIT = 10_000_000n;

/** The functions that both VMs can run with values from outside. The Rust VM gives no results that have signers or type parameters about them. */
export function callableFunctions(module: CompiledModule): readonly FunctionDefinition[] {
  return module.functions.filter((definition) => {
    const handle = at(module.functionHandles, definition.handle);
    const parameters = parametersOf(module, handle);
    const returns = returnsOf(module, handle);
    return (
      definition.visibility === 'public' &&
      definition.body !== undefined &&
      parameters.every((type) => isSigner(type) || comesFromOutside(module, type)) &&
      hasReadableResults(module, handle) &&
      (returns.length === 0 || !(parameters.some(isSigner) || returns.some(hasTypeParameter)))
    );
  });
}

export function randomCall(random: EdgeRandom, module: CompiledModule, definition: FunctionDefinition): RunRequest {
  const handle = at(module.functionHandles, definition.handle);
  const parameters = parametersOf(module, handle);
  return {
    call: {
      module: selfId(module),
      function: functionName(module, definition),
      typeArgs: handle.typeParameters.map(() => random.pick(TYPE_ARGUMENTS)),
      args: parameters.filter((type) => !isSigner(type)).map((type) => randomArgument(random, module, type)),
    },
    senders: parameters.filter(isSigner).map(() => random.pick(ACCOUNTS)),
    gasLimit: GAS_LIMIT,
    transactionHash: random.bytes(32),
    access: 'any',
  };
}

/** For people: enough to make the call again. */
export function formatCall({ call, senders }: RunRequest): string {
  const typeArgs = call.typeArgs.length === 0 ? '' : `<${call.typeArgs.map(formatTypeTag).join(', ')}>`;
  const args = call.args.map((arg) => `0x${Buffer.from(arg).toString('hex')}`);
  return `${call.module.name}::${call.function}${typeArgs}(${[...senders, ...args].join(', ')})`;
}

function randomArgument(random: EdgeRandom, module: CompiledModule, type: SignatureToken): Bytes {
  const writer = new BcsWriter();
  writeArgument(writer, random, module, type);
  return writer.finish();
}

function writeArgument(writer: BcsWriter, random: EdgeRandom, module: CompiledModule, type: SignatureToken): void {
  switch (type.kind) {
    case 'bool':
      writer.bool(random.oneIn(2));
      return;
    case 'u8':
    case 'u16':
    case 'u32':
      writer[type.kind](Number(random.integer(Number(type.kind.slice(1)))));
      return;
    case 'u64':
    case 'u128':
    case 'u256':
      writer[type.kind](random.integer(Number(type.kind.slice(1))));
      return;
    case 'address':
      writer.fixed(addressToBytes(random.pick(ACCOUNTS)));
      return;
    case 'vector':
      if (type.inner.kind === 'u8') writer.bytes(randomBytes(random));
      else {
        const items = Array.from({ length: random.below(LIST_LENGTH_MAX + 1) });
        writer.vector(items, () => writeArgument(writer, random, module, type.inner));
      }
      return;
    case 'struct':
      writer.string(random.pick(TEXTS));
      return;
    default:
      throw new AssertionError(`a ${type.kind} does not come from outside`);
  }
}

/** Half of them an encoding of something: a length and as many bytes, or text. */
function randomBytes(random: EdgeRandom): Bytes {
  switch (random.below(4)) {
    case 0: {
      const length = random.below(LIST_LENGTH_MAX);
      return new BcsWriter().uleb128(length).fixed(random.bytes(length)).finish();
    }
    case 1:
      return utf8Encode(random.pick(TEXTS));
    case 2:
      return random.bytes(random.pick(BYTES_LENGTHS)).map((byte) => byte & 1);
    default:
      return random.bytes(random.pick(BYTES_LENGTHS));
  }
}

/** Plain values, lists of them, and `String`. */
function comesFromOutside(module: CompiledModule, type: SignatureToken): boolean {
  if (type.kind === 'vector') return comesFromOutside(module, type.inner);
  if (type.kind !== 'struct') return !['signer', 'reference', 'mutableReference', 'typeParameter'].includes(type.kind);
  return isString(module, type.handle);
}

function hasTypeParameter(type: SignatureToken): boolean {
  let found = false;
  visitTypes(type, (inner) => {
    if (inner.kind === 'typeParameter') found = true;
  });
  return found;
}

function isSigner(type: SignatureToken): boolean {
  return type.kind === 'signer' || (type.kind === 'reference' && type.inner.kind === 'signer');
}
