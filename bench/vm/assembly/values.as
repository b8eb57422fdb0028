// The twin of ../sources/values.move. Elements and structs are as wide as Move's; what Move copies is copied.

import { add, add32, add8, charge, clear, element, mul, narrow8, popped, pushed, sub, Vector, vector } from './checked';

export { begin } from './checked';

export function sort(n: u64): u64 {
  charge(3);
  const items = vector();
  let x: u64 = 1;
  for (let i: u64 = 0; i < n; i = add(i, 1)) {
    charge(20);
    x = add(mul(x, 1103515245), 12345) % 2147483648;
    store<u64>(pushed(items, 8), x);
  }
  shellSort(items);
  let check: u64 = 0;
  for (let i: u64 = 0; i < n; i = add(i, 1)) {
    charge(20);
    check = add(mul(check, 31), load<u64>(element(items, i, 8))) % 2147483648;
  }
  return check;
}

function shellSort(items: Vector): void {
  charge(5);
  const n: u64 = items.length;
  for (let gap = n / 2; gap > 0; gap /= 2) {
    charge(8);
    for (let i = gap; i < n; i = add(i, 1)) {
      charge(12);
      const item = load<u64>(element(items, i, 8));
      let j = i;
      while (true) {
        charge(6);
        if (j < gap) break;
        charge(10);
        if (load<u64>(element(items, sub(j, gap), 8)) <= item) break;
        charge(16);
        store<u64>(element(items, j, 8), load<u64>(element(items, sub(j, gap), 8)));
        j = sub(j, gap);
      }
      charge(8);
      store<u64>(element(items, j, 8), item);
    }
  }
}

@unmanaged
class Body {
  x: u64;
  y: u64;
  speedX: u64;
  speedY: u64;
  mass: u32;
  alive: bool;
}

const body = changetype<Body>(memory.data(offsetof<Body>()));
const moving = changetype<Body>(memory.data(offsetof<Body>()));

function moved(target: Body, source: Body): void {
  charge(20);
  target.x = add(source.x, source.speedX);
  target.y = add(source.y, source.speedY);
  target.speedX = source.speedX;
  target.speedY = source.speedY;
  target.mass = source.mass;
  target.alive = source.alive;
}

export function structs(n: u64): u64 {
  charge(12);
  body.x = 0;
  body.y = 0;
  body.speedX = 3;
  body.speedY = 5;
  body.mass = 7;
  body.alive = true;
  for (let i: u64 = 0; i < n; i = add(i, 1)) {
    charge(15);
    moved(moving, body);
    if (moving.x > 1000000) {
      charge(8);
      moving.x = 0;
      moving.y = moving.y % 1000;
    }
    charge(15);
    moving.mass = add32(moving.mass, 1) % 1000;
    memory.copy(changetype<usize>(body), changetype<usize>(moving), offsetof<Body>());
  }
  return add(add(mul(body.x, 1000), body.y), body.mass);
}

namespace Tag {
  export const Circle: u8 = 0;
  export const Square: u8 = 1;
  export const Rectangle: u8 = 2;
}

@unmanaged
class Shape {
  tag: u8;
  a: u64;
  b: u64;
}

const shape = changetype<Shape>(memory.data(offsetof<Shape>()));
const following = changetype<Shape>(memory.data(offsetof<Shape>()));

function area(given: Shape): u64 {
  charge(12);
  switch (given.tag) {
    case Tag.Circle:
      return mul(mul(3, given.a), given.a);
    case Tag.Square:
      return mul(given.a, given.a);
    case Tag.Rectangle:
      return mul(given.a, given.b);
    default:
      return unreachable();
  }
}

function next(target: Shape, given: Shape): void {
  charge(12);
  switch (given.tag) {
    case Tag.Circle:
      target.a = add(given.a, 1);
      target.tag = Tag.Square;
      return;
    case Tag.Square:
      target.a = given.a;
      target.b = add(given.a, 1);
      target.tag = Tag.Rectangle;
      return;
    case Tag.Rectangle:
      target.a = add(given.a, given.b) % 1000;
      target.tag = Tag.Circle;
      return;
    default:
      unreachable();
  }
}

export function enums(n: u64): u64 {
  charge(5);
  shape.tag = Tag.Circle;
  shape.a = 1;
  let total: u64 = 0;
  for (let i: u64 = 0; i < n; i = add(i, 1)) {
    charge(16);
    total = add(total, area(shape)) % 1000000007;
    next(following, shape);
    memory.copy(changetype<usize>(shape), changetype<usize>(following), offsetof<Shape>());
  }
  return total;
}

/** A u64 and a u8, without a gap. */
const PAIR_SIZE: u32 = 9;

export function containers(n: u64): u64 {
  charge(8);
  const numbers = vector();
  const pairs = vector();
  let total: u64 = 0;
  for (let i: u64 = 0; i < n; i = add(i, 1)) {
    charge(30);
    store<u64>(pushed(numbers, 8), i);
    const place = pushed(pairs, PAIR_SIZE);
    store<u64>(place, mul(i, 3));
    store<u8>(place, narrow8(i % 200), 8);
    if (i % 4 == 3) {
      charge(20);
      total = add(total, load<u64>(popped(numbers, 8)));
      const pair = popped(pairs, PAIR_SIZE);
      total = add(add(total, load<u64>(pair)), load<u8>(pair, 8));
    }
  }
  return add(add(total, numbers.length), pairs.length);
}

const digits = changetype<Vector>(memory.data(offsetof<Vector>()));

function appendNumber(text: Vector, number: u64): void {
  charge(4);
  clear(digits);
  do {
    charge(14);
    store<u8>(pushed(digits, 1), add8(48, narrow8(number % 10)));
    number /= 10;
  } while (number != 0);
  while (digits.length != 0) {
    charge(10);
    store<u8>(pushed(text, 1), load<u8>(popped(digits, 1)));
  }
}

function checksum(text: Vector): u64 {
  charge(5);
  let check: u64 = 0;
  const length: u64 = text.length;
  for (let i: u64 = 0; i < length; i = add(i, 1)) {
    charge(20);
    check = add(mul(check, 31), load<u8>(element(text, i, 1))) % 2147483648;
  }
  return check;
}

export function bytes(n: u64): u64 {
  charge(3);
  const text = vector();
  for (let i: u64 = 0; i < n; i = add(i, 1)) {
    charge(12);
    appendNumber(text, i);
    store<u8>(pushed(text, 1), 44);
  }
  return checksum(text);
}

const piece = changetype<Vector>(memory.data(offsetof<Vector>()));
const comma = memory.data<u8>([44, 32]);

/** Whether the bytes are UTF-8: no surrogates, nothing longer than it need be. */
function isUtf8(text: Vector): bool {
  charge(text.length);
  let at = text.elements;
  const end = at + text.length;
  while (at < end) {
    const first = load<u8>(at++);
    if (first < 0x80) continue;
    let more: u32, least: u32;
    if (first >= 0xc2 && first < 0xe0) {
      more = 1;
      least = 0x80;
    } else if (first >= 0xe0 && first < 0xf0) {
      more = 2;
      least = 0x800;
    } else if (first >= 0xf0 && first < 0xf5) {
      more = 3;
      least = 0x10000;
    } else {
      return false;
    }
    if (at + more > end) return false;
    let point: u32 = <u32>first & (0x3f >> more);
    while (more-- > 0) {
      const byte = load<u8>(at++);
      if ((byte & 0xc0) != 0x80) return false;
      point = (point << 6) | (byte & 0x3f);
    }
    if (point < least || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return false;
  }
  return true;
}

function append(text: Vector, other: Vector): void {
  charge(other.length);
  const length = other.length;
  for (let i: u32 = 0; i < length; i++) {
    charge(10);
    store<u8>(pushed(text, 1), load<u8>(element(other, i, 1)));
  }
}

export function strings(n: u64): u64 {
  charge(3);
  const text = vector();
  for (let i: u64 = 0; i < n; i = add(i, 1)) {
    charge(20);
    clear(piece);
    appendNumber(piece, i);
    if (!isUtf8(piece)) unreachable();
    append(text, piece);
    clear(piece);
    store<u8>(pushed(piece, 1), load<u8>(comma));
    store<u8>(pushed(piece, 1), load<u8>(comma, 1));
    if (!isUtf8(piece)) unreachable();
    append(text, piece);
  }
  return checksum(text);
}
