// Names of functions that stand for an operation on a struct or enum of their module (bytecode version 10): `pack$Point`, `unpack$Shape$Circle`,
// `test_variant$Shape$Circle`, `borrow$Point$0`, `borrow_mut$Shape$0$1`. Compilers and clients find the functions by them.

const DELIMITER = '$';
const FIELD_NUMBER_MAX = 0xffff;
const OPERATIONS = ['pack', 'unpack', 'test_variant', 'borrow', 'borrow_mut'] as const;

type Operation = (typeof OPERATIONS)[number];

export interface StructApiName {
  readonly operation: Operation;
  /** Of a struct or enum of the module. */
  readonly struct: string;
  /** Of `pack` and `unpack` of a variant, and of `test_variant`. */
  readonly variant?: string;
  /** Of the borrowing ones: offset of the field, and with an enum which of the types that variants have there. */
  readonly field?: { readonly offset: number; readonly typeOrder?: number };
}

/**
 * Absent: a name like any other. Names of structs and variants may have a `$` in them, so a name can be read in several ways. The shortest
 * struct that fits is meant where a variant is expected, the longest otherwise.
 */
export function parseStructApiName(
  name: string,
  isStruct: (name: string) => boolean,
  expectsVariant: boolean,
): StructApiName | undefined {
  const [first, ...parts] = name.split(DELIMITER);
  const operation = OPERATIONS.find((candidate) => candidate === first);
  if (!operation) return undefined;
  const lengths = parts.map((_, i) => i + 1).filter((length) => isStruct(parts.slice(0, length).join(DELIMITER)));
  const length = expectsVariant ? lengths[0] : lengths.at(-1);
  if (length === undefined) return undefined;
  const struct = parts.slice(0, length).join(DELIMITER);
  const rest = parts.slice(length);
  if (operation === 'borrow' || operation === 'borrow_mut') {
    const field = parseField(rest);
    return field && { operation, struct, field };
  }
  if (rest.length > 0) return { operation, struct, variant: rest.join(DELIMITER) };
  return operation === 'test_variant' ? undefined : { operation, struct };
}

function parseField(parts: readonly string[]): StructApiName['field'] {
  const [offset, typeOrder, ...more] = parts.map(parseNumber);
  if (offset === undefined || more.length > 0) return undefined;
  if (parts.length === 1) return { offset };
  return typeOrder === undefined ? undefined : { offset, typeOrder };
}

function parseNumber(text: string): number | undefined {
  const value = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
  return value <= FIELD_NUMBER_MAX ? value : undefined;
}
