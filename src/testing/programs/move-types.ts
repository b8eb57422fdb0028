// The types of random Move programs: what a program declares, and types as they stand in its source.

export const INTEGERS = ['u8', 'u16', 'u32', 'u64', 'u128', 'u256'] as const;
export type IntegerName = (typeof INTEGERS)[number];
export const INTEGER_BITS: Readonly<Record<IntegerName, number>> = {
  u8: 8,
  u16: 16,
  u32: 32,
  u64: 64,
  u128: 128,
  u256: 256,
};

export type MoveType =
  | { readonly kind: IntegerName | 'bool' | 'address' }
  | { readonly kind: 'vector'; readonly element: MoveType }
  | { readonly kind: 'named'; readonly declaration: Declaration; readonly args: readonly MoveType[] }
  /** A type parameter of the function being written. */
  | { readonly kind: 'parameter'; readonly name: string };
export type NamedType = Extract<MoveType, { kind: 'named' }>;

export interface Field {
  readonly name: string;
  readonly type: MoveType;
}

/** All of a struct's fields, or of one variant of an enum. */
export interface Variant {
  /** Empty for a struct. */
  readonly name: string;
  /** `T(x, y)` instead of `T { a: x, b: y }`; the fields are then called 0, 1, … */
  readonly isPositional: boolean;
  readonly fields: readonly Field[];
}

/** A struct or enum that can be copied, dropped and stored. */
export interface Declaration {
  readonly name: string;
  /** Only this module makes, opens and reads its values. */
  readonly module: string;
  readonly isEnum: boolean;
  readonly typeParameters: readonly string[];
  readonly phantom: ReadonlySet<string>;
  readonly variants: readonly Variant[];
}

export function typeText(type: MoveType): string {
  switch (type.kind) {
    case 'vector':
      return `vector<${typeText(type.element)}>`;
    case 'named':
      return type.declaration.name + typeArguments(type.args);
    case 'parameter':
      return type.name;
    default:
      return type.kind;
  }
}

/** `<A, B>`, or nothing. */
export function typeArguments(args: readonly MoveType[]): string {
  return args.length === 0 ? '' : `<${args.map(typeText).join(', ')}>`;
}

export function sameMoveType(a: MoveType, b: MoveType): boolean {
  return typeText(a) === typeText(b);
}

export function isInteger(type: MoveType): type is { readonly kind: IntegerName } {
  return INTEGERS.some((name) => name === type.kind);
}

/** `type` with type parameters of these names filled in. */
export function substitute(type: MoveType, names: readonly string[], args: readonly MoveType[]): MoveType {
  switch (type.kind) {
    case 'parameter':
      return args[names.indexOf(type.name)] ?? type;
    case 'vector':
      return { kind: 'vector', element: substitute(type.element, names, args) };
    case 'named':
      return { ...type, args: type.args.map((arg) => substitute(arg, names, args)) };
    default:
      return type;
  }
}

/** The variants of a type with its arguments filled in. */
export function variantsOf({ declaration, args }: NamedType): readonly Variant[] {
  return declaration.variants.map((variant) => ({
    ...variant,
    fields: variant.fields.map(({ name, type }) => ({
      name,
      type: substitute(type, declaration.typeParameters, args),
    })),
  }));
}

/** The fields that every value of the type has: a struct's. */
export function fieldsOf(type: MoveType): readonly Field[] {
  if (type.kind !== 'named' || type.declaration.isEnum) return [];
  return variantsOf(type)[0]?.fields ?? [];
}
