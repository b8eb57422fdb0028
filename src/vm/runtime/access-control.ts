// The access rules of the functions that are running: every use of a resource has to satisfy all of them.

import type { Address } from '../../base/ids.ts';
import type { Access, AccessClause, AccessRule } from '../compile/access-rules.ts';
import { Trap } from '../errors.ts';
import type { NominalType } from '../types/type.ts';

/** As in the Rust VM. */
const RULES_MAX = 256;

interface ActiveRule {
  readonly rule: AccessRule;
  readonly addresses: readonly Address[];
}

export class AccessControl {
  readonly #active: ActiveRule[] = [];
  #given: Address[] = [];

  /** An address that the rule entered next speaks of. */
  give(address: Address): void {
    this.#given.push(address);
  }

  /** Returns how many are active. @throws Trap */
  enter(rule: AccessRule): number {
    if (this.#active.length >= RULES_MAX) throw new Trap('ACCESS_STACK_LIMIT_EXCEEDED');
    this.#active.push({ rule, addresses: this.#given });
    this.#given = [];
    return this.#active.length;
  }

  leave(): number {
    this.#active.pop();
    return this.#active.length;
  }

  /** @throws Trap */
  check(access: Access, type: NominalType, account: Address): void {
    for (const { rule, addresses } of this.#active) {
      const matches = ({ resource, address }: AccessClause): boolean =>
        isResource(resource, type) && isAddress(address, account, addresses);
      // Who may write may read; who may not read may not write.
      const isAllowed =
        (rule.allowed.length === 0 && rule.denied.length > 0) ||
        rule.allowed.some((clause) => (clause.access === 'writes' || access === 'reads') && matches(clause));
      const isDenied = rule.denied.some(
        (clause) => (clause.access === 'reads' || access === 'writes') && matches(clause),
      );
      if (!isAllowed || isDenied) throw new Trap('ACCESS_DENIED', { message: `${access} ${type.name} of ${account}` });
    }
  }
}

function isResource(resource: AccessClause['resource'], { module, structName, typeArgs }: NominalType): boolean {
  switch (resource.kind) {
    case 'any':
      return true;
    case 'none':
      return false;
    case 'atAddress':
      return resource.address === module.address;
    case 'inModule':
      return resource.module.address === module.address && resource.module.name === module.name;
    case 'struct':
      return (
        resource.module.address === module.address &&
        resource.module.name === module.name &&
        resource.name === structName &&
        (resource.typeArgs === undefined || resource.typeArgs.join() === typeArgs.map(({ name }) => name).join())
      );
  }
}

function isAddress(address: AccessClause['address'], account: Address, given: readonly Address[]): boolean {
  switch (address.kind) {
    case 'any':
      return true;
    case 'literal':
      return address.address === account;
    case 'given':
      return given[address.index] === account;
  }
}
