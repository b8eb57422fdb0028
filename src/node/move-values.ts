// Between what clients write and read (names, JSON) and what the channel carries (types, BCS), by the channel's own modules.

import { type Bytes, toHex } from '../base/bytes.ts';
import { DecodeError, StraitError } from '../base/errors.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { StateKey, StateView } from '../base/state.ts';
import { formatTypeTag, isIdentifier, parseStructTag, parseTypeTag, type TypeTag } from '../base/type-tag.ts';
import { CALL_ARGS_MAX, CALL_ARGS_SIZE_MAX, type Call } from '../channel/transaction.ts';
import type { ChannelDescription, ChannelModule } from '../ports/chain.ts';
import { parameterTypes } from '../vm/declared-types.ts';
import { valueToJson } from '../vm/json.ts';
import { jsonToValue } from '../vm/json-parse.ts';
import type { JsonValue } from '../wire/client.ts';

export class MoveValues {
  readonly #description: ChannelDescription;
  readonly #code: StateView;

  constructor(description: ChannelDescription, modules: readonly ChannelModule[]) {
    this.#description = description;
    const byId = new Map(modules.map(({ address, name, bytecode }) => [`${address}::${name}`, bytecode]));
    this.#code = { get: () => undefined, module: (address, name) => byId.get(`${address}::${name}`) };
  }

  /** A client's call, checked against the function's parameters. The error is for the client. */
  call(fn: string, tyArgs: readonly string[], args: readonly JsonValue[]): Result<Call, string> {
    try {
      const { address, module, name } = this.#functionName(fn);
      const typeArgs = tyArgs.map((text) => parseTypeTag(text, 'type argument'));
      const target = { module: { address, name: module }, function: name, typeArgs, args: [] };
      const types = parameterTypes(this.#code, target);
      if (types.length !== args.length) return err(`${fn} takes ${types.length} arguments, not ${args.length}`);
      if (args.length > CALL_ARGS_MAX) return err(`over ${CALL_ARGS_MAX} arguments`);
      const values = types.map((type, index) =>
        jsonToValue(this.#code, type, args[index] ?? null, 'lenient', `argument ${index}`),
      );
      const size = values.reduce((sum, value) => sum + value.length, 0);
      if (size > CALL_ARGS_SIZE_MAX) return err(`arguments of ${size} bytes, over the limit of ${CALL_ARGS_SIZE_MAX}`);
      return ok({ address, module, function: name, typeArgs, args: values });
    } catch (error) {
      if (error instanceof DecodeError) return err(error.message);
      throw error;
    }
  }

  /** As JSON; a value that does not decode by its type (an application's fault, or a table item, whose type nothing tells) as hex. */
  json(type: TypeTag | undefined, bytes: Bytes): JsonValue {
    if (type === undefined) return hex(bytes);
    try {
      return valueToJson(this.#code, type, bytes);
    } catch (error) {
      // Also what decoding the module's bytecode throws.
      if (error instanceof StraitError) return hex(bytes);
      throw error;
    }
  }

  /** `address` and `type` of a state entry as clients see them. */
  place(key: StateKey): { readonly address: string; readonly type: string; readonly tag: TypeTag | undefined } {
    if (key.kind === 'resource') return { address: key.address, type: formatTypeTag(key.type), tag: key.type };
    // Items of one table differ by their key, so it is part of the type's text.
    return { address: key.handle, type: `item ${hex(key.key)}`, tag: undefined };
  }

  #functionName(fn: string): { readonly address: Call['address']; readonly module: string; readonly name: string } {
    const { stateType } = this.#description;
    if (isIdentifier(fn)) return { address: stateType.address, module: stateType.module, name: fn };
    const { address, module, name } = parseStructTag(fn, 'function');
    return { address, module, name };
  }
}

function hex(bytes: Bytes): string {
  return `0x${toHex(bytes)}`;
}
