// What a transaction writes as Aptos stores it: slots, each with a key and a value. A resource, a table item and a module are a slot each; but
// members of a resource group at one address lie in one slot together, so that an object costs one however many resources it has.

import { encodeBcs } from '../base/bcs.ts';
import { type Bytes, toHex, utf8Encode } from '../base/bytes.ts';
import { DecodeError } from '../base/errors.ts';
import { ADDRESS_SIZE, type Address, parseAddress } from '../base/ids.ts';
import { type ChangeSet, type StateChange, type StateView, stateKeyId } from '../base/state.ts';
import { encodeStructTag, formatTypeTag, parseStructTag, type StructTag, structTag } from '../base/type-tag.ts';
import { decodeModule } from '../vm/bytecode/decode.ts';
import { readMetadata } from '../vm/bytecode/metadata.ts';
import type { ModuleWrite } from './world.ts';

/** One slot that changes. `old` absent: it is new; `new` absent: it is deleted. Sizes in bytes of the value. */
export interface SlotWrite {
  readonly id: string;
  readonly keySize: number;
  readonly oldSize: number | undefined;
  readonly newSize: number | undefined;
}

/** What was paid for a slot and is given back when it is deleted, in octas. Slots of genesis have none. */
export interface Deposit {
  readonly slotOctas: bigint;
  readonly bytesOctas: bigint;
}

/** A slot's deposit from now on; absent when the slot is gone. */
export interface DepositChange {
  readonly slot: string;
  readonly deposit?: Deposit;
}

/** What the world knows of its slots beside their values. */
export interface SlotBook {
  /** Types of resources that the address has, or once had. */
  typesAt(address: Address): Iterable<StructTag>;
  deposit(slot: string): Deposit | undefined;
}

const FRAMEWORK = parseAddress('0x1');
const OBJECT_GROUP = structTag(FRAMEWORK, 'object', 'ObjectGroup');
/**
 * The framework's own members of `0x1::object::ObjectGroup` (aptos-framework, `resource_group_member` in object, fungible_asset,
 * primary_fungible_store, dispatchable_fungible_asset, coin and object_code_deployment). `move/framework` does not mark them: the chain
 * stores each resource by itself.
 */
const OBJECT_GROUP_MEMBERS: ReadonlySet<string> = new Set(
  [
    ...['ObjectCore', 'TombStone', 'Untransferable'].map((name) => `object::${name}`),
    ...[
      'ConcurrentFungibleBalance',
      'ConcurrentSupply',
      'DeriveSupply',
      'DispatchFunctionStore',
      'FungibleAssetEvents',
      'FungibleStore',
      'Metadata',
      'Supply',
      'Untransferable',
    ].map((name) => `fungible_asset::${name}`),
    'primary_fungible_store::DeriveRefPod',
    'dispatchable_fungible_asset::TransferRefStore',
    ...['MigrationFlag', 'PairedCoinType', 'PairedFungibleAssetRefs'].map((name) => `coin::${name}`),
    'object_code_deployment::ManagingRefs',
  ].map((name) => `0x1::${name}`),
);

/** Of a resource's access path: the address apart, a variant before the type. */
const RESOURCE_KEY_SIZE = ADDRESS_SIZE + 1;

/** By module bytes: which of its structs are members of which group. */
const groupsOfModules = new WeakMap<Bytes, ReadonlyMap<string, StructTag>>();

/** The slots that changes of single resources and items, and modules, come to. `before` is the state that they are changes of. */
export function slotWrites(
  changes: ChangeSet,
  modules: readonly ModuleWrite[],
  before: StateView,
  book: SlotBook,
): SlotWrite[] {
  const writes: SlotWrite[] = [];
  const groups = new Map<string, { readonly address: Address; readonly group: StructTag; members: StateChange[] }>();
  for (const change of changes) {
    const { key } = change;
    const group = key.kind === 'resource' ? groupOf(key.type, before, modules) : undefined;
    if (key.kind === 'item' || group === undefined) {
      const keySize =
        key.kind === 'item' ? ADDRESS_SIZE + key.key.length : RESOURCE_KEY_SIZE + encodeStructTag(key.type).length;
      writes.push({ id: stateKeyId(key), keySize, oldSize: change.old?.length, newSize: change.new?.length });
      continue;
    }
    const id = `g${key.address}${toHex(encodeStructTag(group))}`;
    const found = groups.get(id);
    if (found) found.members.push(change);
    else groups.set(id, { address: key.address, group, members: [change] });
  }
  for (const [id, { address, group, members }] of groups) {
    writes.push(groupWrite(id, address, group, members, { before, modules, book }));
  }
  for (const { address, name, code, old } of modules) {
    // An access path of the module's own id.
    const keySize = ADDRESS_SIZE + 1 + ADDRESS_SIZE + 1 + utf8Encode(name).length;
    writes.push({ id: `m${address}::${name}`, keySize, oldSize: old?.length, newSize: code.length });
  }
  return writes;
}

function groupWrite(
  id: string,
  address: Address,
  group: StructTag,
  members: readonly StateChange[],
  {
    before,
    modules,
    book,
  }: { readonly before: StateView; readonly modules: readonly ModuleWrite[]; readonly book: SlotBook },
): SlotWrite {
  const [old, now] = [new Map<string, Bytes>(), new Map<string, Bytes>()];
  const tags = new Map<string, StructTag>();
  for (const type of book.typesAt(address)) {
    const member = groupOf(type, before, modules);
    if (member === undefined || formatTypeTag(member) !== formatTypeTag(group)) continue;
    const value = before.get({ kind: 'resource', address, type });
    if (value === undefined) continue;
    const text = formatTypeTag(type);
    tags.set(text, type);
    old.set(text, value);
    now.set(text, value);
  }
  for (const { key, new: value } of members) {
    if (key.kind !== 'resource') continue;
    const text = formatTypeTag(key.type);
    tags.set(text, key.type);
    if (value === undefined) now.delete(text);
    else now.set(text, value);
  }
  const keySize = RESOURCE_KEY_SIZE + encodeStructTag(group).length;
  return { id, keySize, oldSize: groupSize(old, tags), newSize: groupSize(now, tags) };
}

/** Bytes of the group as a map from types to bytes; undefined for one without members, which is not there. */
function groupSize(values: ReadonlyMap<string, Bytes>, tags: ReadonlyMap<string, StructTag>): number | undefined {
  if (values.size === 0) return undefined;
  let size = ulebSize(values.size);
  for (const [text, value] of values) {
    const tag = tags.get(text);
    size += (tag === undefined ? 0 : encodeStructTag(tag).length) + ulebSize(value.length) + value.length;
  }
  return size;
}

function ulebSize(value: number): number {
  return encodeBcs((writer) => writer.uleb128(value)).length;
}

/** The group that resources of a type lie in, if any. */
export function groupOf(
  type: StructTag,
  state: StateView,
  published: readonly ModuleWrite[] = [],
): StructTag | undefined {
  const name = `${type.module}::${type.name}`;
  if (type.address === FRAMEWORK) return OBJECT_GROUP_MEMBERS.has(`0x1::${name}`) ? OBJECT_GROUP : undefined;
  const write = published.find((module) => module.address === type.address && module.name === type.module);
  const code = write?.code ?? state.module(type.address, type.module);
  return code === undefined ? undefined : groupsOf(code).get(type.name);
}

function groupsOf(code: Bytes): ReadonlyMap<string, StructTag> {
  const known = groupsOfModules.get(code);
  if (known) return known;
  const groups = new Map<string, StructTag>();
  for (const [name, attributes] of readMetadata(decodeModule(code)).structs) {
    const group = attributes.find(({ kind }) => kind === 'resourceGroupMember')?.args[0];
    const tag = group === undefined ? undefined : groupTag(group);
    if (tag) groups.set(name, tag);
  }
  groupsOfModules.set(code, groups);
  return groups;
}

/** Nobody checks that what metadata names is a type. */
function groupTag(text: string): StructTag | undefined {
  try {
    return parseStructTag(text);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
