// The twin of ../sources/computation.move.

import { add, charge, enter, mul, sub } from './checked';

export { begin } from './checked';

const GOLDEN: u64 = 0x9e3779b97f4a7c15;
const GOLDEN_HIGH: u64 = 0x9e3779b97f4a7c15;
const GOLDEN_LOW: u64 = 0xf39cc0605cedc834;

export function nothing(): void {
  charge(1);
}

export function sum(n: u64): u64 {
  charge(2);
  let total: u64 = 0;
  for (let i: u64 = 0; i < n; i = add(i, 1)) {
    charge(13);
    total = add(total, i);
  }
  return total;
}

export function lcg(n: u64): u64 {
  charge(2);
  let x: u64 = 1;
  for (let i: u64 = 0; i < n; i = add(i, 1)) {
    charge(17);
    x = add(mul(x, 1103515245), 12345) % 2147483648;
  }
  return x;
}

export function fib(n: u64): u64 {
  return fibonacci(n, 0);
}

function fibonacci(n: u64, depth: i32): u64 {
  charge(4);
  if (n < 2) return n;
  charge(10);
  const deeper = enter(depth);
  return add(fibonacci(sub(n, 1), deeper), fibonacci(sub(n, 2), deeper));
}

/** The upper half of a product. */
@inline
function mulHigh(a: u64, b: u64): u64 {
  const a0 = a & 0xffffffff, a1 = a >> 32, b0 = b & 0xffffffff, b1 = b >> 32;
  const low = a0 * b0;
  const middle = a1 * b0 + (low >> 32);
  const other = a0 * b1 + (middle & 0xffffffff);
  return a1 * b1 + (middle >> 32) + (other >> 32);
}

export function wide128(n: u64): u64 {
  charge(2);
  let low: u64 = 1, high: u64 = 0;
  for (let i: u64 = 0; i < n; i = add(i, 1)) {
    charge(30);
    // (2^64 - 1) * (2^64 - 1) fits, so the product needs no check.
    let productLow = low * GOLDEN;
    let productHigh = mulHigh(low, GOLDEN);
    let sum = productLow + high;
    let carry = u64(sum < productLow);
    productLow = sum;
    sum = productHigh + carry;
    if (sum < productHigh) unreachable();
    productHigh = sum;
    sum = productLow + i;
    carry = u64(sum < productLow);
    productLow = sum;
    sum = productHigh + carry;
    if (sum < productHigh) unreachable();
    productHigh = sum;
    low = productLow ^ ((productLow >> 29) | (productHigh << 35));
    high = productHigh ^ (productHigh >> 29);
  }
  return low;
}

/** Words of a u256, lowest first. */
@unmanaged
class Wide {
  w0: u64;
  w1: u64;
  w2: u64;
  w3: u64;
}

const X = changetype<Wide>(memory.data(32));
const A = changetype<Wide>(memory.data(32));
const B = changetype<Wide>(memory.data(32));

/** Ends the run when the sum has more than 256 bits. */
function add256(target: Wide, a: Wide, b: Wide): void {
  const s0 = a.w0 + b.w0;
  const c0 = u64(s0 < a.w0);
  const p1 = a.w1 + b.w1, s1 = p1 + c0;
  const c1 = u64(p1 < a.w1) | u64(s1 < p1);
  const p2 = a.w2 + b.w2, s2 = p2 + c1;
  const c2 = u64(p2 < a.w2) | u64(s2 < p2);
  const p3 = a.w3 + b.w3, s3 = p3 + c2;
  if (p3 < a.w3 || s3 < p3) unreachable();
  target.w0 = s0;
  target.w1 = s1;
  target.w2 = s2;
  target.w3 = s3;
}

const product = memory.data(64);

/** Ends the run when the product has more than 256 bits. */
function mul256(target: Wide, a: Wide, b: Wide): void {
  for (let i: u32 = 0; i < 64; i += 8) store<u64>(product + i, 0);
  for (let i: u32 = 0; i < 4; i++) {
    const x = load<u64>(changetype<usize>(a) + 8 * i);
    if (x == 0) continue;
    let carry: u64 = 0;
    for (let j: u32 = 0; j < 4; j++) {
      const y = load<u64>(changetype<usize>(b) + 8 * j);
      const place = product + 8 * (i + j);
      const low = x * y;
      let high = mulHigh(x, y);
      const before = load<u64>(place);
      const partly = before + low;
      high += u64(partly < low);
      const whole = partly + carry;
      high += u64(whole < carry);
      store<u64>(place, whole);
      carry = high;
    }
    store<u64>(product + 8 * (i + 4), carry);
  }
  if ((load<u64>(product, 32) | load<u64>(product, 40) | load<u64>(product, 48) | load<u64>(product, 56)) != 0) unreachable();
  target.w0 = load<u64>(product);
  target.w1 = load<u64>(product, 8);
  target.w2 = load<u64>(product, 16);
  target.w3 = load<u64>(product, 24);
}

function xorShifted29(target: Wide): void {
  target.w0 ^= (target.w0 >> 29) | (target.w1 << 35);
  target.w1 ^= (target.w1 >> 29) | (target.w2 << 35);
  target.w2 ^= (target.w2 >> 29) | (target.w3 << 35);
  target.w3 ^= target.w3 >> 29;
}

export function wide256(n: u64): u64 {
  charge(2);
  X.w0 = 1;
  X.w1 = X.w2 = X.w3 = 0;
  for (let i: u64 = 0; i < n; i = add(i, 1)) {
    charge(30);
    A.w0 = X.w0;
    A.w1 = X.w1;
    A.w2 = A.w3 = 0;
    B.w0 = GOLDEN_LOW;
    B.w1 = GOLDEN_HIGH;
    B.w2 = B.w3 = 0;
    mul256(A, A, B);
    B.w0 = X.w2;
    B.w1 = X.w3;
    B.w2 = B.w3 = 0;
    add256(A, A, B);
    B.w0 = i;
    B.w1 = B.w2 = B.w3 = 0;
    add256(X, A, B);
    xorShifted29(X);
  }
  return X.w0;
}

let remainder: u64 = 0;

/** high:low / divisor with high < divisor, digit by digit of 32 bits (Knuth's algorithm D). The remainder is left in `remainder`. */
function divideWord(high: u64, low: u64, divisor: u64): u64 {
  const shift = clz(divisor);
  const d = divisor << shift;
  const d1 = d >> 32, d0 = d & 0xffffffff;
  const h = shift == 0 ? high : (high << shift) | (low >> (64 - shift));
  const l = low << shift;
  const l1 = l >> 32, l0 = l & 0xffffffff;
  let q1 = h / d1;
  let r = h - q1 * d1;
  while (q1 >> 32 != 0 || q1 * d0 > ((r << 32) | l1)) {
    q1--;
    r += d1;
    if (r >> 32 != 0) break;
  }
  const rest = ((h << 32) | l1) - q1 * d;
  let q0 = rest / d1;
  r = rest - q0 * d1;
  while (q0 >> 32 != 0 || q0 * d0 > ((r << 32) | l0)) {
    q0--;
    r += d1;
    if (r >> 32 != 0) break;
  }
  remainder = (((rest << 32) | l0) - q0 * d) >> shift;
  return (q1 << 32) | q0;
}

/** Division of a u128 by a divisor below 2^64, which is all that the program meets; a larger one ends the run. */
export function divide128(n: u64): u64 {
  charge(2);
  const high: u64 = 0xfedcba9876543210, low: u64 = 0x0123456789abcdef;
  let total: u64 = 0;
  for (let i: u64 = 0; i < n; i = add(i, 1)) {
    charge(40);
    const divisor = add(GOLDEN, i);
    if (divisor == 0) unreachable();
    // Twice, as Move has a quotient and a remainder by themselves.
    let part = high < divisor ? high : high % divisor;
    const quotient = divideWord(part, low, divisor);
    part = high < divisor ? high : high % divisor;
    divideWord(part, low, divisor);
    total = total + quotient + remainder;
  }
  return total;
}
