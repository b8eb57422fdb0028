// A request's arguments: whether they are as many as the function takes, what makes them, and writing them where the unit finds them.

import type { Bytes } from '../../base/bytes.ts';
import { AssertionError } from '../../base/errors.ts';
import { type Address, addressToBytes } from '../../base/ids.ts';
import type { CodeWorld } from '../code/code-world.ts';
import type { LoadedModule } from '../code/loaded-module.ts';
import { type Constructor, constructorsOf } from '../compile/constructors.ts';
import { LoadError, Trap } from '../errors.ts';
import type { EntryRequest } from '../run.ts';
import type { Type } from '../types/type.ts';
import { lacking } from './call-plan.ts';
import { type ArgumentHost, checkArgument } from './check-argument.ts';
import { keepsPromises } from './check-value.ts';
import type { Machine, UnitInstance } from './machine.ts';

/** A function ready to be called. */
export interface Entry {
  readonly instance: UnitInstance;
  /** Leading parameters that are signers. */
  readonly signers: number;
  /** For each parameter after them: whether its value has more to be checked than BCS says. */
  readonly checked: readonly boolean[];
  /** Whether structs are brought as a transaction brings them, or by a tool that may bring any. */
  readonly access: EntryRequest['access'];
}

/** @throws LoadError when the request brings too few or too many */
export function checkCounts(entry: Entry, senders: readonly Address[], args: readonly Bytes[]): void {
  const { instance, signers, access } = entry;
  const needed = instance.unit.params.length - signers;
  if (needed !== args.length) {
    // Aptos does not tell it apart from other reasons when it is asked for a view.
    const status = access === 'view' ? 'INVALID_MAIN_FUNCTION_SIGNATURE' : 'NUMBER_OF_ARGUMENTS_MISMATCH';
    throw new LoadError(status, `${needed} arguments needed, ${args.length} given`);
  }
  if (signers > 0 && senders.length !== signers) {
    throw new LoadError('NUMBER_OF_SIGNER_ARGUMENTS_MISMATCH', `${signers} signers needed, ${senders.length} given`);
  }
}

/** Of what the function's arguments hold; where there is none for a type, no value of it can be brought. */
export function findConstructors(
  code: CodeWorld,
  module: LoadedModule,
  name: string,
  typeArgs: readonly Type[],
): readonly Constructor[] {
  const definition = module.functions.get(name);
  if (definition === undefined) throw new AssertionError('a function lost');
  const { parameters } = module.functionHandle(definition.handle);
  const params = module.signature(parameters).map((token) => code.types.fromToken(module, token, typeArgs));
  return constructorsOf(params).filter((needed) => {
    const owner = code.module(needed.module);
    const found = owner.functions.get(needed.name);
    if (found?.body === undefined) return false;
    const { typeParameters } = owner.functionHandle(found.handle);
    return lacking(typeParameters, needed.typeArgs) === undefined;
  });
}

export class ArgumentWriter {
  readonly #code: CodeWorld;
  readonly #machine: Machine;
  readonly #host: ArgumentHost = {
    construct: (type, argument) => {
      if (!this.#machine.construct(type, argument)) {
        this.#machine.fail('FAILED_TO_DESERIALIZE_ARGUMENT', `no ${type.name} can be made of an argument`);
      }
    },
    canPack: (type, variant) => {
      const module = this.#code.module(type.module);
      const definition = module.functions.get(['pack', type.structName, ...(variant ? [variant] : [])].join('$'));
      if (definition?.visibility !== 'public') return false;
      const { attributes } = module.functionHandle(definition.handle);
      return attributes.some(({ kind }) => kind === (variant === undefined ? 'pack' : 'packVariant'));
    },
  };

  constructor(code: CodeWorld, machine: Machine) {
    this.#code = code;
    this.#machine = machine;
  }

  /** `base` is where the unit's arguments and results lie. @throws Trap */
  write(
    { instance, signers, checked, access }: Entry,
    senders: readonly Address[],
    args: readonly Bytes[],
    base: number,
  ): void {
    const { params } = instance.unit;
    const isTool = access === 'any';
    if (!isTool) {
      args.forEach((bytes, index) => {
        const type = params[signers + index]?.type;
        if (type !== undefined && checked[index]) checkArgument(type, bytes, this.#host);
      });
    }
    params.forEach(({ type, offset }, index) => {
      if (index < signers) {
        const sender = senders[index];
        if (sender === undefined) throw new Trap('NUMBER_OF_SIGNER_ARGUMENTS_MISMATCH');
        this.#machine.write(base + offset, addressToBytes(sender));
        return;
      }
      const bytes = args[index - signers];
      if (bytes === undefined) throw new Trap('NUMBER_OF_ARGUMENTS_MISMATCH');
      this.#value(type, bytes, base + offset, isTool && checked[index - signers] === true, index - signers);
    });
  }

  #value(type: Type, bytes: Bytes, address: number, checked: boolean, index: number): void {
    const valueType = type.kind === 'reference' ? type.inner : type;
    const isValue = this.#machine.decode(valueType, bytes, address) && (!checked || keepsPromises(valueType, bytes));
    if (!isValue) this.#machine.fail('FAILED_TO_DESERIALIZE_ARGUMENT', `argument ${index} is no ${valueType.name}`);
  }
}
