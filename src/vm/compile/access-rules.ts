// Access specifiers (`reads`, `writes` and their negations): what a function, and all that it calls, may do with which resources. The
// rules of the functions that run are kept by the host (`runtime/access-control.ts`), which compiled code asks before it uses a
// resource, if there are any. Natives have none.

import type { Address } from '../../base/ids.ts';
import { at, moduleIdAt } from '../bytecode/access.ts';
import type {
  AccessSpecifier,
  FunctionHandle,
  ModuleId,
  ResourceSpecifier,
  SignatureToken,
} from '../bytecode/module.ts';
import type { LoadedModule } from '../code/loaded-module.ts';
import { UnsupportedError } from '../errors.ts';
import type { NominalType, Type } from '../types/type.ts';
import { MemOp, ValType } from '../wasm/opcodes.ts';
import type { FunctionContext } from './function-context.ts';
import { activeLayout } from './layout.ts';

const { i32 } = ValType;

export type Access = 'reads' | 'writes';
export interface AccessClause {
  readonly access: Access;
  readonly resource:
    | { readonly kind: 'any' | 'none' }
    | { readonly kind: 'atAddress'; readonly address: Address }
    | { readonly kind: 'inModule'; readonly module: ModuleId }
    /** `typeArgs` by name; absent: any. */
    | {
        readonly kind: 'struct';
        readonly module: ModuleId;
        readonly name: string;
        readonly typeArgs?: readonly string[];
      };
  readonly address:
    | { readonly kind: 'any' }
    | { readonly kind: 'literal'; readonly address: Address }
    /** By its place among the addresses that the function hands over when it is entered. */
    | { readonly kind: 'given'; readonly index: number };
}

/** What the function says. Nothing is allowed that no clause allows, unless there are only clauses that deny. */
export interface AccessRule {
  readonly allowed: readonly AccessClause[];
  readonly denied: readonly AccessClause[];
  /** Parameters that hold the addresses that clauses speak of. */
  readonly parameters: readonly number[];
}

/** Nothing for a function that says nothing. @throws UnsupportedError */
export function accessRule(
  module: LoadedModule,
  handle: FunctionHandle,
  params: readonly Type[],
  resolve: (token: SignatureToken) => Type,
): AccessRule | undefined {
  if (handle.accessSpecifiers === undefined) return undefined;
  const parameters: number[] = [];
  const clause = ({ access, resource, address }: AccessSpecifier): AccessClause => ({
    access,
    resource: resourceOf(module, resource, resolve),
    address: addressOf(module, address, params, parameters),
  });
  const allowed = handle.accessSpecifiers.filter(({ isNegated }) => !isNegated).map(clause);
  const denied = handle.accessSpecifiers.filter(({ isNegated }) => isNegated).map(clause);
  return { allowed, denied, parameters };
}

/** At the beginning of a function. */
export function emitEnterRule(context: FunctionContext): void {
  const { code, instance, unit } = context;
  const rule = instance.accessRule;
  if (rule === undefined) return;
  context.enterHost(context.site('ACCESS_STACK_LIMIT_EXCEEDED'));
  for (const parameter of rule.parameters) code.get(parameter).call(unit.runtime.host('giveAddress', [i32], []));
  code.i32(unit.accessRule(rule)).call(unit.runtime.host('enterRule', [i32], []));
}

/** Before a return. */
export function emitLeaveRule({ code, instance, unit }: FunctionContext): void {
  if (instance.accessRule !== undefined) code.call(unit.runtime.host('leaveRule', [], []));
}

/** `account` is the local with the account's address. The host knows the place. */
export function emitAccessCheck(context: FunctionContext, access: Access, type: NominalType, account: number): void {
  const { code, unit } = context;
  if (!unit.checksAccess) return;
  code.i32(activeLayout(unit.limits).rules).mem(MemOp.i32Load, 0).if();
  code
    .i32(access === 'writes' ? 1 : 0)
    .i32(unit.codec(type))
    .get(account);
  code.call(unit.runtime.host('checkAccess', [i32, i32, i32], [])).end();
}

function resourceOf(
  module: LoadedModule,
  resource: ResourceSpecifier,
  resolve: (token: SignatureToken) => Type,
): AccessClause['resource'] {
  const { compiled } = module;
  switch (resource.kind) {
    case 'any':
      return resource;
    case 'atAddress':
      return { kind: 'atAddress', address: at(compiled.addresses, resource.address) };
    case 'inModule':
      return { kind: 'inModule', module: moduleIdAt(compiled, resource.module) };
    case 'struct':
      return { kind: 'struct', ...module.structName(resource.handle) };
    case 'structInstantiation': {
      const tokens = module.signature(resource.typeArgs);
      // The Rust VM does not fill type parameters in here, so that no resource is of such a type.
      if (tokens.some(hasTypeParameter)) return { kind: 'none' };
      const typeArgs = tokens.map((token) => resolve(token).name);
      return { kind: 'struct', ...module.structName(resource.handle), typeArgs };
    }
  }
}

function addressOf(
  module: LoadedModule,
  address: AccessSpecifier['address'],
  params: readonly Type[],
  parameters: number[],
): AccessClause['address'] {
  switch (address.kind) {
    case 'any':
      return address;
    case 'literal':
      return { kind: 'literal', address: at(module.compiled.addresses, address.address) };
    case 'parameter': {
      // Releases of the Rust VM disagree on what may stand here, and none does all of it.
      if (address.through !== undefined || params[address.local]?.kind !== 'address') {
        throw new UnsupportedError('an access specifier by anything but a parameter of type address');
      }
      return { kind: 'given', index: parameters.push(address.local) - 1 };
    }
  }
}

function hasTypeParameter(token: SignatureToken): boolean {
  switch (token.kind) {
    case 'typeParameter':
      return true;
    case 'vector':
    case 'reference':
    case 'mutableReference':
      return hasTypeParameter(token.inner);
    case 'struct':
      return token.typeArgs.some(hasTypeParameter);
    case 'function':
      return [...token.parameters, ...token.returns].some(hasTypeParameter);
    default:
      return false;
  }
}
