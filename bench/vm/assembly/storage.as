// The twin of `encode` in ../sources/storage.move: BCS of a vector of structs that hold vectors.

import { add, allocate, charge, element, pushed, sub, Vector, vector } from './checked';

export { begin } from './checked';

/** A struct without gaps: id, tags (a vector's header), x, y, alive. */
const ID: usize = 0, TAGS: usize = 8, X: usize = 20, Y: usize = 24, ALIVE: usize = 28;
const ITEM_SIZE: u32 = 29;

const text = memory.data<u8>([102, 111, 117, 114, 32, 108, 101, 103, 115, 44, 32, 119, 111, 111, 108]);
const TEXT_LENGTH: u32 = 15;

function herd(count: u64): Vector {
  charge(3);
  const items = vector();
  for (let i: u64 = 0; i < count; i = add(i, 1)) {
    charge(30);
    if (i > 0xffffffff) unreachable();
    const tags = allocate(TEXT_LENGTH);
    memory.copy(tags, text, TEXT_LENGTH);
    const item = pushed(items, ITEM_SIZE);
    store<u64>(item, i, ID);
    store<usize>(item, tags, TAGS);
    store<u32>(item, TEXT_LENGTH, TAGS + 4);
    store<u32>(item, TEXT_LENGTH, TAGS + 8);
    store<u32>(item, <u32>i, X);
    store<u32>(item, 7, Y);
    store<u8>(item, u8(i % 3 != 0), ALIVE);
  }
  return items;
}

function lengthSize(length: u32): u32 {
  let size: u32 = 1;
  for (; length >= 0x80; length >>= 7) size++;
  return size;
}

function writeLength(target: usize, length: u32): usize {
  for (; length >= 0x80; length >>= 7) store<u8>(target++, length | 0x80);
  store<u8>(target++, length);
  return target;
}

function size(items: Vector): u32 {
  let total = lengthSize(items.length);
  for (let i: u32 = 0; i < items.length; i++) {
    const length = load<u32>(items.elements + i * ITEM_SIZE, TAGS + 4);
    total += 17 + lengthSize(length) + length;
  }
  return total;
}

function write(target: usize, items: Vector): void {
  target = writeLength(target, items.length);
  for (let i: u32 = 0; i < items.length; i++) {
    const item = items.elements + i * ITEM_SIZE;
    store<u64>(target, load<u64>(item, ID));
    const length = load<u32>(item, TAGS + 4);
    target = writeLength(target + 8, length);
    memory.copy(target, load<usize>(item, TAGS), length);
    target += length;
    store<u64>(target, load<u64>(item, X));
    store<u8>(target, load<u8>(item, ALIVE), 8);
    target += 9;
  }
}

export function encode(animals: u64, rounds: u64): u64 {
  charge(5);
  const items = herd(animals);
  let total: u64 = 0;
  for (; rounds > 0; rounds = sub(rounds, 1)) {
    charge(20);
    const length = size(items);
    charge(<i64>length * 36);
    const bytes = vector();
    bytes.elements = allocate(length);
    bytes.length = length;
    bytes.capacity = length;
    write(bytes.elements, items);
    total = add(add(total, length), load<u8>(element(bytes, rounds, 1)));
  }
  return total;
}
