// What Move promises, by hand: gas for every block, arithmetic that ends the run when it overflows, vectors whose every access is checked.

/** As many bytes as a run of the Move VM may allocate. */
const ARENA_END: usize = 128 << 20;
/** Static data and what the compiler puts there lies below. */
const ARENA_START: usize = 65536;
/** As many nested calls as Move allows. */
const DEPTH_MAX: i32 = 1024;

let gas: i64 = 0;
let top: usize = ARENA_START;

/** A run begins: with this much gas, and with nothing allocated. */
export function begin(units: i64): void {
  gas = units;
  top = ARENA_START;
}

@inline
export function charge(units: i64): void {
  gas -= units;
  if (gas < 0) unreachable();
}

@inline
export function enter(depth: i32): i32 {
  if (depth >= DEPTH_MAX) unreachable();
  return depth + 1;
}

@inline
export function add(a: u64, b: u64): u64 {
  const sum = a + b;
  if (sum < a) unreachable();
  return sum;
}

@inline
export function sub(a: u64, b: u64): u64 {
  if (a < b) unreachable();
  return a - b;
}

@inline
export function mul(a: u64, b: u64): u64 {
  const product = a * b;
  if ((a | b) >> 32 != 0 && a != 0 && product / a != b) unreachable();
  return product;
}

@inline
export function add32(a: u32, b: u32): u32 {
  const sum = a + b;
  if (sum < a) unreachable();
  return sum;
}

/** To u8. */
@inline
export function narrow8(a: u64): u32 {
  if (a > 255) unreachable();
  return <u32>a;
}

@inline
export function add8(a: u32, b: u32): u32 {
  const sum = a + b;
  if (sum > 255) unreachable();
  return sum;
}

export function allocate(size: u64): usize {
  const start = top;
  const end = <u64>start + size;
  if (end > <u64>ARENA_END) unreachable();
  const pages = <i32>((end + 65535) >> 16) - memory.size();
  if (pages > 0 && memory.grow(max(pages, memory.size())) < 0) unreachable();
  top = <usize>end;
  return start;
}

/** The header of a vector. */
@unmanaged
export class Vector {
  elements: usize;
  length: u32;
  capacity: u32;
}

export function vector(): Vector {
  const header = changetype<Vector>(allocate(offsetof<Vector>()));
  clear(header);
  return header;
}

@inline
export function clear(header: Vector): void {
  header.elements = 0;
  header.length = 0;
  header.capacity = 0;
}

function grow(header: Vector, size: u32): void {
  const capacity = max<u32>(4, header.capacity << 1);
  const elements = allocate(<u64>capacity * size);
  memory.copy(elements, header.elements, header.length * size);
  header.elements = elements;
  header.capacity = capacity;
}

/** Address of a new element's place. */
@inline
export function pushed(header: Vector, size: u32): usize {
  if (header.length == header.capacity) grow(header, size);
  const place = header.elements + header.length * size;
  header.length++;
  return place;
}

/** Address of the element that was the last. */
@inline
export function popped(header: Vector, size: u32): usize {
  if (header.length == 0) unreachable();
  header.length--;
  return header.elements + header.length * size;
}

@inline
export function element(header: Vector, index: u64, size: u32): usize {
  if (index >= <u64>header.length) unreachable();
  return header.elements + <u32>index * size;
}
