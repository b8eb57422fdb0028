// Slots as Aptos counts them, and what is paid for them and given back.

import { describe, expect, it } from 'vitest';
import { type Address, parseAddress } from '../base/ids.ts';
import type { StateChange, StateKey } from '../base/state.ts';
import { structTag } from '../base/type-tag.ts';
import { isOverWriteLimits, storageCharge } from './fees.ts';
import { type Deposit, type DepositChange, type SlotBook, type SlotWrite, slotWrites } from './slots.ts';
import { World } from './world.ts';

const ANTO = parseAddress('0xa070');
const ALICE = parseAddress('0xa11ce');
const FRAMEWORK = parseAddress('0x1');

const holder: StateKey = { kind: 'resource', address: ALICE, type: structTag(ANTO, 'storage', 'VectorHolder') };
const core: StateKey = { kind: 'resource', address: ALICE, type: structTag(FRAMEWORK, 'object', 'ObjectCore') };
const store: StateKey = {
  kind: 'resource',
  address: ALICE,
  type: structTag(FRAMEWORK, 'fungible_asset', 'FungibleStore'),
};
const item: StateKey = { kind: 'item', handle: ALICE, key: new Uint8Array(8) };

/** Deposits in memory. */
class Book implements SlotBook {
  readonly deposits = new Map<string, Deposit>();

  typesAt(_: Address) {
    return [];
  }

  deposit(slot: string): Deposit | undefined {
    return this.deposits.get(slot);
  }

  take(changes: readonly DepositChange[]): void {
    for (const { slot, deposit } of changes) {
      if (deposit) this.deposits.set(slot, deposit);
      else this.deposits.delete(slot);
    }
  }
}

function created(key: StateKey, size: number): StateChange {
  return { key, new: new Uint8Array(size) };
}

/** Of one change of an empty world. */
function writeOf(change: StateChange): SlotWrite | undefined {
  return slotWrites([change], [], new World().view(), new Book())[0];
}

describe('slots', () => {
  it('have keys and values of the sizes that Aptos charges for', () => {
    expect(writeOf(created(holder, 9))).toMatchObject({ keySize: 87, newSize: 9 });
    expect(writeOf(created(item, 40))).toMatchObject({ keySize: 40, newSize: 40 });
    // A map of one type to 89 bytes, under the group's name.
    expect(writeOf(created(core, 89))).toMatchObject({ keySize: 85, oldSize: undefined, newSize: 142 });
    const module = { address: ANTO, name: 'storage', code: new Uint8Array(1_000) };
    const [write] = slotWrites([], [module], new World().view(), new Book());
    expect(write).toMatchObject({ keySize: 73, oldSize: undefined, newSize: 1_000 });
  });

  it('hold all members of a group at an address', () => {
    const writes = slotWrites([created(core, 89), created(store, 49)], [], new World().view(), new Book());
    expect(writes).toHaveLength(1);
    const world = new World();
    world.apply(0, [created(core, 89), created(store, 49)], []);
    const bigger = { key: store, old: new Uint8Array(49), new: new Uint8Array(59) };
    const [grown] = slotWrites([bigger], [], world.view(), world);
    expect(grown?.oldSize).toBe(writes[0]?.newSize);
    expect(grown?.newSize).toBe((grown?.oldSize ?? 0) + 10);
    const [shrunk] = slotWrites([{ key: store, old: new Uint8Array(49) }], [], world.view(), world);
    expect(shrunk).toMatchObject({ newSize: 142 });
    const gone = [core, store].map((key) => ({ key, old: world.get(key) ?? new Uint8Array() }));
    expect(slotWrites(gone, [], world.view(), world)).toMatchObject([{ newSize: undefined }]);
  });
});

describe('storage', () => {
  const write = (oldSize: number | undefined, newSize: number | undefined): SlotWrite => ({
    id: 'slot',
    keySize: 30,
    oldSize,
    newSize,
  });

  it('is paid for when it is taken and when it grows, and given back with the slot', () => {
    const book = new Book();
    const charge = (oldSize: number | undefined, newSize: number | undefined) => {
      const { octas, refundOctas, deposits } = storageCharge([write(oldSize, newSize)], book);
      book.take(deposits);
      return [octas, refundOctas];
    };
    expect(charge(undefined, 20)).toEqual([420_000n, 0n]);
    expect(charge(20, 20)).toEqual([0n, 0n]);
    expect(charge(20, 25)).toEqual([2_000n, 0n]);
    expect(charge(25, 10)).toEqual([0n, 0n]);
    // Paid for already.
    expect(charge(10, 25)).toEqual([0n, 0n]);
    expect(charge(25, 5)).toEqual([0n, 0n]);
    expect(charge(5, 26)).toEqual([400n, 0n]);
    expect(charge(26, undefined)).toEqual([0n, 422_400n]);
    expect(book.deposits.size).toBe(0);
  });

  it('of genesis was never paid for: only what it grows by is', () => {
    const book = new Book();
    expect(storageCharge([write(20, undefined)], book)).toEqual({ octas: 0n, refundOctas: 0n, deposits: [] });
    const grown = storageCharge([write(20, 22)], book);
    expect(grown.octas).toBe(800n);
    book.take(grown.deposits);
    expect(storageCharge([write(22, undefined)], book).refundOctas).toBe(800n);
  });

  it('has limits for one transaction', () => {
    const of = (size: number): SlotWrite => ({ id: '', keySize: 76, oldSize: undefined, newSize: size });
    const mebibyte = 1_048_576;
    expect(isOverWriteLimits([of(mebibyte - 76)], [])).toBe(false);
    expect(isOverWriteLimits([of(mebibyte - 75)], [])).toBe(true);
    expect(
      isOverWriteLimits(
        Array.from({ length: 10 }, () => of(mebibyte - 76)),
        [],
      ),
    ).toBe(false);
    expect(
      isOverWriteLimits(
        Array.from({ length: 11 }, () => of(mebibyte - 76)),
        [],
      ),
    ).toBe(true);
    expect(
      isOverWriteLimits(
        Array.from({ length: 8_192 }, () => of(1)),
        [],
      ),
    ).toBe(false);
    expect(
      isOverWriteLimits(
        Array.from({ length: 8_193 }, () => of(1)),
        [],
      ),
    ).toBe(true);
  });
});
