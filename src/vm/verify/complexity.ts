// Bounds how much larger a module is than its bytes, once types are followed: a signature that is named often counts as often. Aptos asks
// it of modules that are published (move-binary-format/check_complexity.rs).

import { allFieldsOf, at, operandTarget, type Unit, visitTypes } from '../bytecode/access.ts';
import type { CodeUnit, SignatureToken } from '../bytecode/module.ts';
import { refuse } from './error.ts';

const UNITS_PER_TYPE_NODE = 8;
/** What a unit of so many bytes may use. */
const BUDGET_BASE = 2048;
const BUDGET_PER_BYTE = 20;

/** `size` is that of the binary, in bytes. @throws VerificationError `PROGRAM_TOO_COMPLEX` */
export function checkComplexity(unit: Unit, size: number): void {
  new ComplexityMeter(unit, BUDGET_BASE + BUDGET_PER_BYTE * size).run();
}

class ComplexityMeter {
  readonly #unit: Unit;
  readonly #signatureUnits = new Map<number, number>();
  #left: number;

  constructor(unit: Unit, budget: number) {
    this.#unit = unit;
    this.#left = budget;
  }

  run(): void {
    const unit = this.#unit;
    for (const index of unit.signatures.keys()) this.#signature(index);
    for (const { typeArgs } of unit.functionInstantiations) this.#signature(typeArgs);
    if (unit.kind === 'module') {
      for (const { typeArgs } of unit.structInstantiations) this.#signature(typeArgs);
      for (const { typeArgs } of unit.fieldInstantiations) this.#signature(typeArgs);
    }
    for (const handle of unit.functionHandles) {
      this.#handle(handle);
      this.#signature(handle.parameters);
      this.#signature(handle.returns);
    }
    for (const handle of unit.structHandles) this.#handle(handle);
    if (unit.kind === 'script') {
      this.#code(unit.body);
      return;
    }
    for (const { body } of unit.functions) if (body) this.#code(body);
    for (const definition of unit.structs) {
      if (definition.layout.kind === 'enum') {
        for (const variant of definition.layout.variants) this.#identifier(variant.name);
      }
      for (const field of allFieldsOf(definition)) visitTypes(field.type, () => this.#charge(1));
    }
  }

  #code(body: CodeUnit): void {
    this.#signature(body.locals);
    for (const instruction of body.code) {
      if ('type' in instruction) this.#signature(instruction.type);
      if (!('index' in instruction)) continue;
      const target = operandTarget(this.#unit, instruction);
      if (target.kind !== 'constant' && target.typeArgs !== undefined) this.#signature(target.typeArgs);
    }
  }

  #handle(handle: { readonly module: number; readonly name: number }): void {
    this.#identifier(at(this.#unit.moduleHandles, handle.module).name);
    this.#identifier(handle.name);
  }

  #signature(index: number): void {
    let units = this.#signatureUnits.get(index);
    if (units === undefined) {
      units = 0;
      for (const type of at(this.#unit.signatures, index)) units += this.#typeUnits(type);
      this.#signatureUnits.set(index, units);
    }
    this.#charge(units);
  }

  #typeUnits(type: SignatureToken): number {
    const { structHandles, moduleHandles, identifiers } = this.#unit;
    let units = 0;
    visitTypes(type, (part) => {
      units += UNITS_PER_TYPE_NODE;
      if (part.kind !== 'struct') return;
      const handle = at(structHandles, part.handle);
      units += at(identifiers, handle.name).length;
      units += at(identifiers, at(moduleHandles, handle.module).name).length;
    });
    return units;
  }

  #identifier(index: number): void {
    this.#charge(at(this.#unit.identifiers, index).length);
  }

  #charge(units: number): void {
    this.#left -= units;
    if (this.#left < 0) refuse(this.#unit, 'PROGRAM_TOO_COMPLEX', 'too many types for its size');
  }
}
