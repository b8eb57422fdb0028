// Writes a module or script as bytecode: the decoder's counterpart, for fixtures and round-trip tests. It writes whatever it is
// given, right or wrong, so that tests can make binaries that no compiler would.

import { BcsWriter, U64_MAX } from '../base/bcs.ts';
import { type Bytes, concatBytes, utf8Encode } from '../base/bytes.ts';
import { assert, unreachable } from '../base/errors.ts';
import { addressToBytes } from '../base/ids.ts';
import {
  AccessCode,
  AddressCode,
  APTOS_FLAVOUR,
  AttributeCode,
  BooleanCode,
  FUNCTION_ENTRY,
  FUNCTION_NATIVE,
  MAGIC,
  OPTION_NONE,
  OPTION_SOME,
  ResourceCode,
  StructFlag,
  TableKind,
  type TableName,
  TypeCode,
  VERSION_CLOSURES,
  VERSION_ENUMS,
  VisibilityCode,
} from '../vm/bytecode/format.ts';
import type {
  AccessSpecifier,
  CodeUnit,
  CompiledModule,
  CompiledScript,
  FieldDefinition,
  FunctionAttribute,
  FunctionDefinition,
  FunctionHandle,
  Instantiation,
  Instruction,
  ModuleHandle,
  SignatureToken,
  StructDefinition,
  StructHandle,
} from '../vm/bytecode/module.ts';
import { opcodeFor } from '../vm/bytecode/opcodes.ts';

/** A table: its kind byte and its content. Tables stand in the order in which the Rust compiler writes them. */
type Table = readonly [kind: number, content: Bytes];
type Write<T> = (writer: BcsWriter, item: T) => void;

export function assembleModule(module: CompiledModule): Bytes {
  const tables = [
    ...commonTables(module),
    table('structs', module.structs, writeStructDefinition),
    table('structInstantiations', module.structInstantiations, writeInstantiation),
    table('functions', module.functions, writeFunctionDefinition),
    table('fieldHandles', module.fieldHandles, (w, h) => w.uleb128(h.owner).uleb128(h.field)),
    table('fieldInstantiations', module.fieldInstantiations, writeInstantiation),
    table('friends', module.friends, writeModuleHandle),
    table('variantFieldHandles', module.variantFieldHandles, (w, h) =>
      w
        .uleb128(h.struct)
        .uleb128(h.field)
        .vector(h.variants, (v, variant) => v.uleb128(variant)),
    ),
    table('variantFieldInstantiations', module.variantFieldInstantiations, writeInstantiation),
    table('structVariantHandles', module.structVariantHandles, (w, h) => w.uleb128(h.struct).uleb128(h.variant)),
    table('structVariantInstantiations', module.structVariantInstantiations, writeInstantiation),
  ];
  return assembleBinary(module.version, tables, new BcsWriter().uleb128(module.self).finish());
}

export function assembleScript(script: CompiledScript): Bytes {
  const rest = new BcsWriter();
  rest.vector(script.typeParameters, (w, abilities) => w.uleb128(abilities));
  rest.uleb128(script.parameters);
  if (script.version >= VERSION_CLOSURES) writeAccessSpecifiers(rest, script.accessSpecifiers);
  writeCodeUnit(rest, script.body);
  return assembleBinary(script.version, commonTables(script), rest.finish());
}

/** A binary of any tables in the order given; `rest` stands behind them. */
export function assembleBinary(version: number, tables: readonly Table[], rest: Uint8Array): Bytes {
  const header = new BcsWriter();
  header.fixed(Uint8Array.from(MAGIC)).u32(version >= VERSION_ENUMS ? version + APTOS_FLAVOUR : version);
  const present = tables.filter(([, content]) => content.length > 0);
  let offset = 0;
  header.vector(present, (writer, [kind, content]) => {
    writer.u8(kind).uleb128(offset).uleb128(content.length);
    offset += content.length;
  });
  return concatBytes(header.finish(), ...present.map(([, content]) => content), rest);
}

function commonTables(unit: CompiledModule | CompiledScript): Table[] {
  return [
    table('moduleHandles', unit.moduleHandles, writeModuleHandle),
    table('structHandles', unit.structHandles, writeStructHandle),
    table('functionHandles', unit.functionHandles, (writer, handle) =>
      writeFunctionHandle(writer, handle, unit.version),
    ),
    table('functionInstantiations', unit.functionInstantiations, writeInstantiation),
    table('signatures', unit.signatures, (w, signature) => w.vector(signature, writeType)),
    table('identifiers', unit.identifiers, (w, text) => w.bytes(utf8Encode(text))),
    table('addresses', unit.addresses, (w, address) => w.fixed(addressToBytes(address))),
    table('constants', unit.constants, (w, constant) => {
      writeType(w, constant.type);
      w.bytes(constant.data);
    }),
    table('metadata', unit.metadata, (w, entry) => w.bytes(entry.key).bytes(entry.value)),
  ];
}

function table<T>(name: TableName, items: readonly T[], write: Write<T>): Table {
  const writer = new BcsWriter();
  for (const item of items) write(writer, item);
  return [TableKind[name], writer.finish()];
}

function writeModuleHandle(writer: BcsWriter, handle: ModuleHandle): void {
  writer.uleb128(handle.address).uleb128(handle.name);
}

function writeStructHandle(writer: BcsWriter, handle: StructHandle): void {
  writer.uleb128(handle.module).uleb128(handle.name).uleb128(handle.abilities);
  writer.vector(handle.typeParameters, (w, parameter) =>
    w.uleb128(parameter.constraints).uleb128(parameter.isPhantom ? 1 : 0),
  );
}

function writeFunctionHandle(writer: BcsWriter, handle: FunctionHandle, version: number): void {
  writer.uleb128(handle.module).uleb128(handle.name).uleb128(handle.parameters).uleb128(handle.returns);
  writer.vector(handle.typeParameters, (w, abilities) => w.uleb128(abilities));
  if (version >= VERSION_ENUMS) writeAccessSpecifiers(writer, handle.accessSpecifiers);
  if (version >= VERSION_CLOSURES) writer.vector(handle.attributes, writeAttribute);
}

function writeAttribute(writer: BcsWriter, attribute: FunctionAttribute): void {
  writer.u8(AttributeCode[attribute.kind]);
  if ('variant' in attribute) writer.u16(attribute.variant);
  else if ('field' in attribute) writer.u16(attribute.field);
}

function writeAccessSpecifiers(writer: BcsWriter, specifiers: readonly AccessSpecifier[] | undefined): void {
  writer.u8(specifiers ? OPTION_SOME : OPTION_NONE);
  if (specifiers) writer.vector(specifiers, writeAccessSpecifier);
}

function writeAccessSpecifier(writer: BcsWriter, specifier: AccessSpecifier): void {
  const { resource, address } = specifier;
  writer.u8(AccessCode[specifier.access]).u8(specifier.isNegated ? BooleanCode.true : BooleanCode.false);
  writer.u8(ResourceCode[resource.kind]);
  if ('address' in resource) writer.uleb128(resource.address);
  if ('module' in resource) writer.uleb128(resource.module);
  if ('handle' in resource) writer.uleb128(resource.handle);
  if ('typeArgs' in resource) writer.uleb128(resource.typeArgs);
  writer.u8(AddressCode[address.kind]);
  if (address.kind === 'literal') writer.uleb128(address.address);
  if (address.kind !== 'parameter') return;
  writer.uleb128(address.local);
  if (address.through === undefined) writer.u8(OPTION_NONE);
  else writer.u8(OPTION_SOME).uleb128(address.through);
}

function writeInstantiation(writer: BcsWriter, instantiation: Instantiation): void {
  writer.uleb128(instantiation.handle).uleb128(instantiation.typeArgs);
}

function writeStructDefinition(writer: BcsWriter, definition: StructDefinition): void {
  writer.uleb128(definition.handle);
  const layout = definition.layout;
  switch (layout.kind) {
    case 'native':
      writer.u8(StructFlag.native);
      return;
    case 'struct':
      writer.u8(StructFlag.declared).vector(layout.fields, writeField);
      return;
    case 'enum':
      writer.u8(StructFlag.variants).vector(layout.variants, (w, variant) => {
        w.uleb128(variant.name).vector(variant.fields, writeField);
      });
      return;
    default:
      unreachable(layout);
  }
}

function writeField(writer: BcsWriter, field: FieldDefinition): void {
  writer.uleb128(field.name);
  writeType(writer, field.type);
}

function writeFunctionDefinition(writer: BcsWriter, definition: FunctionDefinition): void {
  const entry = definition.isEntry ? FUNCTION_ENTRY : 0;
  writer.uleb128(definition.handle).u8(VisibilityCode[definition.visibility]);
  writer.u8(definition.body ? entry : entry | FUNCTION_NATIVE);
  writer.vector(definition.acquires, (w, index) => w.uleb128(index));
  if (definition.body) writeCodeUnit(writer, definition.body);
}

function writeType(writer: BcsWriter, type: SignatureToken): void {
  switch (type.kind) {
    case 'vector':
    case 'reference':
    case 'mutableReference':
      writer.u8(TypeCode[type.kind]);
      writeType(writer, type.inner);
      return;
    case 'struct':
      if (type.typeArgs.length === 0) {
        writer.u8(TypeCode.struct).uleb128(type.handle);
        return;
      }
      writer.u8(TypeCode.structInstantiation).uleb128(type.handle).vector(type.typeArgs, writeType);
      return;
    case 'function':
      writer.u8(TypeCode.function).uleb128(type.abilities).uleb128(type.parameters.length).uleb128(type.returns.length);
      for (const part of type.parameters) writeType(writer, part);
      for (const part of type.returns) writeType(writer, part);
      return;
    case 'typeParameter':
      writer.u8(TypeCode.typeParameter).uleb128(type.index);
      return;
    default:
      writer.u8(TypeCode[type.kind]);
  }
}

function writeCodeUnit(writer: BcsWriter, unit: CodeUnit): void {
  writer.uleb128(unit.locals).vector(unit.code, writeInstruction);
}

function writeInstruction(writer: BcsWriter, instruction: Instruction): void {
  const opcode = opcodeFor(instruction.op);
  assert(opcode !== undefined, `no opcode for ${instruction.op}`);
  writer.u8(opcode.code);
  if ('target' in instruction) writer.uleb128(instruction.target);
  else if ('local' in instruction) writer.uleb128(instruction.local);
  else if ('mask' in instruction) writeU64(writer.uleb128(instruction.index), instruction.mask);
  else if ('index' in instruction) writer.uleb128(instruction.index);
  else if ('count' in instruction) writer.uleb128(instruction.type).u64(bigintMin(BigInt(instruction.count), U64_MAX));
  else if ('type' in instruction) writer.uleb128(instruction.type);
  else if ('value' in instruction) writeInteger(writer, instruction);
}

function writeInteger(writer: BcsWriter, instruction: Extract<Instruction, { readonly value: unknown }>): void {
  switch (instruction.op) {
    case 'ldU8':
      writer.u8(instruction.value);
      return;
    case 'ldU16':
      writer.u16(instruction.value);
      return;
    case 'ldU32':
      writer.u32(instruction.value);
      return;
    case 'ldU64':
      writer.u64(instruction.value);
      return;
    case 'ldU128':
      writer.u128(instruction.value);
      return;
    case 'ldU256':
      writer.u256(instruction.value);
      return;
    case 'ldI8':
      writer.u8(instruction.value & 0xff);
      return;
    case 'ldI16':
      writer.u16(instruction.value & 0xffff);
      return;
    case 'ldI32':
      writer.u32(instruction.value >>> 0);
      return;
    case 'ldI64':
      writer.u64(BigInt.asUintN(64, instruction.value));
      return;
    case 'ldI128':
      writer.u128(BigInt.asUintN(128, instruction.value));
      return;
    case 'ldI256':
      writer.u256(BigInt.asUintN(256, instruction.value));
      return;
    default:
      unreachable(instruction);
  }
}

/** A ULEB128 of up to 64 bits. */
function writeU64(writer: BcsWriter, value: bigint): void {
  let rest = value;
  for (; rest >= 0x80n; rest >>= 7n) writer.u8(Number(rest & 0x7fn) | 0x80);
  writer.u8(Number(rest));
}

/** A count near 2^64 that was read is rounded to it. */
function bigintMin(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
