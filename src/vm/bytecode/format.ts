// Numbers of the Move binary format, versions 5 to 10: magic, tables, type codes, flags and the caps that Aptos's deserializer puts on
// every count (move-binary-format/file_format_common.rs). Decoder and assembler share them; opcodes are in `opcodes.ts`.

export const MAGIC = [0xa1, 0x1c, 0xeb, 0x0b] as const;
export const VERSION_MIN = 5;
export const VERSION_MAX = 10;
/** Or-ed into the version word from version 7 on. Aptos's reader masks it off whatever the version. */
export const APTOS_FLAVOUR = 0x0a00_0000;
/** Sui's counterpart, in the top byte; named in the refusal. */
export const SUI_FLAVOUR = 0x05;

/** u16, u32, u256. */
export const VERSION_INTEGERS = 6;
/** Enums and access specifiers. */
export const VERSION_ENUMS = 7;
/** Function types and closures, attributes of functions, access specifiers of scripts. */
export const VERSION_CLOSURES = 8;
/** i8 to i256, and `$` in identifiers. */
export const VERSION_SIGNED = 9;
/** Aborting with a message, and attributes of functions that stand for a struct's operations. */
export const VERSION_STRUCT_API = 10;

export const TableKind = {
  moduleHandles: 0x1,
  structHandles: 0x2,
  functionHandles: 0x3,
  functionInstantiations: 0x4,
  signatures: 0x5,
  constants: 0x6,
  identifiers: 0x7,
  addresses: 0x8,
  structs: 0xa,
  structInstantiations: 0xb,
  functions: 0xc,
  fieldHandles: 0xd,
  fieldInstantiations: 0xe,
  friends: 0xf,
  metadata: 0x10,
  variantFieldHandles: 0x11,
  variantFieldInstantiations: 0x12,
  structVariantHandles: 0x13,
  structVariantInstantiations: 0x14,
} as const;
export type TableName = keyof typeof TableKind;

export const TypeCode = {
  bool: 0x1,
  u8: 0x2,
  u64: 0x3,
  u128: 0x4,
  address: 0x5,
  reference: 0x6,
  mutableReference: 0x7,
  struct: 0x8,
  typeParameter: 0x9,
  vector: 0xa,
  structInstantiation: 0xb,
  signer: 0xc,
  u16: 0xd,
  u32: 0xe,
  u256: 0xf,
  function: 0x10,
  i8: 0x11,
  i16: 0x12,
  i32: 0x13,
  i64: 0x14,
  i128: 0x15,
  i256: 0x16,
} as const;

export const StructFlag = { native: 1, declared: 2, variants: 3 } as const;
export const VisibilityCode = { private: 0, public: 1, friend: 3 } as const;
export const FUNCTION_NATIVE = 0b010;
export const FUNCTION_ENTRY = 0b100;
/** Presence byte of what may be absent: access specifiers (version 7), and a part of one. */
export const OPTION_NONE = 1;
export const OPTION_SOME = 2;
export const BooleanCode = { false: 1, true: 2 } as const;
export const AccessCode = { reads: 1, writes: 2 } as const;
export const ResourceCode = { any: 1, atAddress: 2, inModule: 3, struct: 4, structInstantiation: 5 } as const;
export const AddressCode = { any: 1, literal: 2, parameter: 3 } as const;
/** Of version 8 the first two, of version 10 the others. */
export const AttributeCode = {
  persistent: 1,
  moduleLock: 2,
  pack: 3,
  packVariant: 4,
  unpack: 5,
  unpackVariant: 6,
  testVariant: 7,
  borrowField: 8,
  borrowFieldMutable: 9,
} as const;

export const TABLE_COUNT_MAX = 255;
export const TABLE_SIZE_MAX = 0xffff_ffff;
export const INDEX_MAX = 0xffff;
export const CODE_LENGTH_MAX = 0xffff;
export const LOCAL_INDEX_MAX = 255;
export const IDENTIFIER_SIZE_MAX = 255;
export const CONSTANT_SIZE_MAX = 0xffff;
export const METADATA_KEY_SIZE_MAX = 1023;
export const METADATA_VALUE_SIZE_MAX = 0xffff;
export const SIGNATURE_LENGTH_MAX = 255;
export const ACQUIRES_COUNT_MAX = 255;
export const FIELD_COUNT_MAX = 255;
export const FIELD_OFFSET_MAX = 255;
export const VARIANT_COUNT_MAX = 127;
export const VARIANT_OFFSET_MAX = 127;
export const TYPE_PARAMETER_COUNT_MAX = 255;
export const TYPE_PARAMETER_INDEX_MAX = 0xffff;
export const ABILITIES_MAX = 0xf;
export const ACCESS_SPECIFIER_COUNT_MAX = 64;
export const ATTRIBUTE_COUNT_MAX = 16;
/** How deep type constructors nest, the innermost type counted. */
export const TYPE_DEPTH_MAX = 256;
