// A Move module or script as decoded: tables and instructions, with indices still indices. The shape follows the binary format
// (aptos-core, move-binary-format/file_format.rs, versions 5 to 10); what `decode.ts` returns has its indices checked, its code not.

import type { Bytes } from '../../base/bytes.ts';
import type { Address } from '../../base/ids.ts';

/** Bit set, as in the binary format. */
export const Ability = { copy: 1, drop: 2, store: 4, key: 8 } as const;
export type AbilitySet = number;

export interface ModuleId {
  readonly address: Address;
  readonly name: string;
}

export interface StructTypeParameter {
  readonly constraints: AbilitySet;
  readonly isPhantom: boolean;
}

/** Types without parts. */
export type LeafKind =
  | 'bool'
  | 'u8'
  | 'u16'
  | 'u32'
  | 'u64'
  | 'u128'
  | 'u256'
  | 'i8'
  | 'i16'
  | 'i32'
  | 'i64'
  | 'i128'
  | 'i256'
  | 'address'
  | 'signer';

/** The type of a function value: what it takes and gives, and what may be done with it. Version 8. */
export interface FunctionType {
  readonly kind: 'function';
  readonly parameters: readonly SignatureToken[];
  readonly returns: readonly SignatureToken[];
  readonly abilities: AbilitySet;
}

/** A type as it stands in a signature. */
export type SignatureToken =
  | { readonly kind: LeafKind }
  | FunctionType
  | { readonly kind: 'vector' | 'reference' | 'mutableReference'; readonly inner: SignatureToken }
  | { readonly kind: 'struct'; readonly handle: number; readonly typeArgs: readonly SignatureToken[] }
  | { readonly kind: 'typeParameter'; readonly index: number };

export interface ModuleHandle {
  readonly address: number;
  readonly name: number;
}
export interface StructHandle {
  readonly module: number;
  readonly name: number;
  readonly abilities: AbilitySet;
  readonly typeParameters: readonly StructTypeParameter[];
}
export interface FunctionHandle {
  readonly module: number;
  readonly name: number;
  readonly parameters: number;
  readonly returns: number;
  readonly typeParameters: readonly AbilitySet[];
  /** What the function may touch in storage. Absent: anything. Version 7. */
  readonly accessSpecifiers?: readonly AccessSpecifier[];
  /** Version 8. */
  readonly attributes: readonly FunctionAttribute[];
}
/**
 * `persistent`: may be kept in storage as a function value, and changes no more than a public function may. `moduleLock`: its module cannot
 * be entered again while it runs. The others (version 10) say that the function does one thing with a struct or enum of its module, so
 * that other modules may do it by calling.
 */
export type FunctionAttribute = { readonly kind: 'persistent' | 'moduleLock' } | StructApiAttribute;
export type StructApiAttribute =
  | { readonly kind: 'pack' | 'unpack' }
  | { readonly kind: 'packVariant' | 'unpackVariant' | 'testVariant'; readonly variant: number }
  | { readonly kind: 'borrowField' | 'borrowFieldMutable'; readonly field: number };

export interface AccessSpecifier {
  readonly access: 'reads' | 'writes';
  readonly isNegated: boolean;
  readonly resource: ResourceSpecifier;
  readonly address: AddressSpecifier;
}
/** Indices of addresses, module handles, struct handles and signatures. Like Aptos's reader, ours does not check that they lead somewhere. */
export type ResourceSpecifier =
  | { readonly kind: 'any' }
  | { readonly kind: 'atAddress'; readonly address: number }
  | { readonly kind: 'inModule'; readonly module: number }
  | { readonly kind: 'struct'; readonly handle: number }
  | { readonly kind: 'structInstantiation'; readonly handle: number; readonly typeArgs: number };
/** `parameter` is a local; its value, or what the function instantiation `through` makes of it, is the address. */
export type AddressSpecifier =
  | { readonly kind: 'any' }
  | { readonly kind: 'literal'; readonly address: number }
  | { readonly kind: 'parameter'; readonly local: number; readonly through?: number };
export interface FieldHandle {
  readonly owner: number;
  readonly field: number;
}
/** An entry of one of the instantiation tables: what is instantiated, and the signature that holds the type arguments. */
export interface Instantiation {
  readonly handle: number;
  readonly typeArgs: number;
}
export interface StructVariantHandle {
  readonly struct: number;
  readonly variant: number;
}
/** A field that stands at the same place in several variants of one enum. */
export interface VariantFieldHandle {
  readonly struct: number;
  readonly variants: readonly number[];
  readonly field: number;
}
export interface Constant {
  readonly type: SignatureToken;
  readonly data: Bytes;
}
export interface Metadata {
  readonly key: Bytes;
  readonly value: Bytes;
}

export interface FieldDefinition {
  readonly name: number;
  readonly type: SignatureToken;
}
export interface VariantDefinition {
  readonly name: number;
  readonly fields: readonly FieldDefinition[];
}
export interface StructDefinition {
  readonly handle: number;
  readonly layout:
    | { readonly kind: 'native' }
    | { readonly kind: 'struct'; readonly fields: readonly FieldDefinition[] }
    | { readonly kind: 'enum'; readonly variants: readonly VariantDefinition[] };
}

export type Visibility = 'private' | 'public' | 'friend';

export interface CodeUnit {
  /** Signature of the locals that follow the parameters. */
  readonly locals: number;
  readonly code: readonly Instruction[];
}
export interface FunctionDefinition {
  readonly handle: number;
  readonly visibility: Visibility;
  readonly isEntry: boolean;
  /** Struct definitions. */
  readonly acquires: readonly number[];
  /** Absent: a native. */
  readonly body?: CodeUnit;
}

interface Tables {
  /** 5 to 10, without the flavour that later versions carry in the upper bytes. */
  readonly version: number;
  readonly moduleHandles: readonly ModuleHandle[];
  readonly structHandles: readonly StructHandle[];
  readonly functionHandles: readonly FunctionHandle[];
  readonly functionInstantiations: readonly Instantiation[];
  readonly signatures: readonly (readonly SignatureToken[])[];
  readonly identifiers: readonly string[];
  readonly addresses: readonly Address[];
  readonly constants: readonly Constant[];
  readonly metadata: readonly Metadata[];
}

export interface CompiledModule extends Tables {
  readonly kind: 'module';
  readonly self: number;
  readonly friends: readonly ModuleHandle[];
  readonly structs: readonly StructDefinition[];
  readonly structInstantiations: readonly Instantiation[];
  readonly functions: readonly FunctionDefinition[];
  readonly fieldHandles: readonly FieldHandle[];
  readonly fieldInstantiations: readonly Instantiation[];
  readonly structVariantHandles: readonly StructVariantHandle[];
  readonly structVariantInstantiations: readonly Instantiation[];
  readonly variantFieldHandles: readonly VariantFieldHandle[];
  readonly variantFieldInstantiations: readonly Instantiation[];
}

export interface CompiledScript extends Tables {
  readonly kind: 'script';
  readonly typeParameters: readonly AbilitySet[];
  readonly parameters: number;
  /** As those of a function handle. Version 8. */
  readonly accessSpecifiers?: readonly AccessSpecifier[];
  readonly body: CodeUnit;
}

/** Instructions without an operand. */
type PlainOp =
  | 'pop'
  | 'ret'
  | 'castU8'
  | 'castU16'
  | 'castU32'
  | 'castU64'
  | 'castU128'
  | 'castU256'
  | 'castI8'
  | 'castI16'
  | 'castI32'
  | 'castI64'
  | 'castI128'
  | 'castI256'
  | 'negate'
  | 'ldTrue'
  | 'ldFalse'
  | 'readRef'
  | 'writeRef'
  | 'freezeRef'
  | 'add'
  | 'sub'
  | 'mul'
  | 'mod'
  | 'div'
  | 'bitOr'
  | 'bitAnd'
  | 'xor'
  | 'shl'
  | 'shr'
  | 'or'
  | 'and'
  | 'not'
  | 'eq'
  | 'neq'
  | 'lt'
  | 'gt'
  | 'le'
  | 'ge'
  | 'abort'
  | 'abortMsg'
  | 'nop';

/** `target` is an offset in `code`. */
type BranchOp = 'brTrue' | 'brFalse' | 'branch';
type LocalOp = 'copyLoc' | 'moveLoc' | 'stLoc' | 'mutBorrowLoc' | 'immBorrowLoc';
/** `index` into the table that the operation's name says; the `…Generic` forms into the matching instantiation table. */
type IndexOp =
  | 'ldConst'
  | 'call'
  | 'callGeneric'
  | 'pack'
  | 'packGeneric'
  | 'unpack'
  | 'unpackGeneric'
  | 'packVariant'
  | 'packVariantGeneric'
  | 'unpackVariant'
  | 'unpackVariantGeneric'
  | 'testVariant'
  | 'testVariantGeneric'
  | 'mutBorrowField'
  | 'mutBorrowFieldGeneric'
  | 'immBorrowField'
  | 'immBorrowFieldGeneric'
  | 'mutBorrowVariantField'
  | 'mutBorrowVariantFieldGeneric'
  | 'immBorrowVariantField'
  | 'immBorrowVariantFieldGeneric'
  | 'mutBorrowGlobal'
  | 'mutBorrowGlobalGeneric'
  | 'immBorrowGlobal'
  | 'immBorrowGlobalGeneric'
  | 'exists'
  | 'existsGeneric'
  | 'moveFrom'
  | 'moveFromGeneric'
  | 'moveTo'
  | 'moveToGeneric';
/**
 * Makes a function value of a function (`index` as in `call` and `callGeneric`) and some of its arguments: those whose bits are set in
 * `mask`, the first argument being the lowest bit. 64 bits.
 */
type ClosureOp = 'packClosure' | 'packClosureGeneric';
/** `type` is the signature that holds the element type. */
type VectorOp = 'vecLen' | 'vecImmBorrow' | 'vecMutBorrow' | 'vecPushBack' | 'vecPopBack' | 'vecSwap';

export type Instruction =
  | { readonly op: PlainOp }
  | { readonly op: BranchOp; readonly target: number }
  | { readonly op: LocalOp; readonly local: number }
  | { readonly op: IndexOp; readonly index: number }
  | { readonly op: ClosureOp; readonly index: number; readonly mask: bigint }
  /** `type` is the signature that holds the function type. */
  | { readonly op: 'callClosure'; readonly type: number }
  | { readonly op: VectorOp; readonly type: number }
  | { readonly op: 'vecPack' | 'vecUnpack'; readonly type: number; readonly count: number }
  | { readonly op: 'ldU8' | 'ldU16' | 'ldU32'; readonly value: number }
  | { readonly op: 'ldU64' | 'ldU128' | 'ldU256'; readonly value: bigint }
  | { readonly op: 'ldI8' | 'ldI16' | 'ldI32'; readonly value: number }
  | { readonly op: 'ldI64' | 'ldI128' | 'ldI256'; readonly value: bigint };
