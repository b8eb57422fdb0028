// The encoder against the engine: what it writes is a module, and does what was meant.

import { describe, expect, it } from 'vitest';
import { ByteSink } from './byte-sink.ts';
import { Op } from './code.ts';
import { ModuleBuilder } from './module-builder.ts';
import { MemOp, ValType } from './opcodes.ts';

const { i32, i64 } = ValType;

function instantiate(builder: ModuleBuilder, imports: Record<string, unknown> = {}): WebAssembly.Exports {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const module = new WebAssembly.Module(builder.build());
  return new WebAssembly.Instance(module, { host: { memory, ...imports } } as WebAssembly.Imports).exports;
}

function start(): ModuleBuilder {
  return new ModuleBuilder({ module: 'host', name: 'memory' });
}

describe('the encoder', () => {
  it('writes numbers that the engine reads back', () => {
    const numbers = [0, 1, -1, 63, 64, -64, -65, 127, 128, 0x7fffffff, -0x80000000];
    const wide = [...numbers.map(BigInt), (1n << 63n) - 1n, -(1n << 63n), (1n << 64n) - 1n];
    const builder = start();
    for (const [index, value] of numbers.entries()) {
      const ref = builder.declare('small', [], [i32]);
      builder.define(ref, (code) => void code.i32(value));
      builder.export(`small${index}`, ref);
    }
    for (const [index, value] of wide.entries()) {
      const ref = builder.declare('wide', [], [i64]);
      builder.define(ref, (code) => void code.i64(value));
      builder.export(`wide${index}`, ref);
    }
    const exports = instantiate(builder) as Record<string, () => number | bigint>;
    for (const [index, value] of numbers.entries()) expect(exports[`small${index}`]?.()).toBe(value);
    for (const [index, value] of wide.entries()) expect(exports[`wide${index}`]?.()).toBe(BigInt.asIntN(64, value));
  });

  it('keeps room for a number that is known later', () => {
    const sink = new ByteSink(1);
    const at = sink.placeholder();
    sink.patch(at, 300);
    expect([...sink.view()]).toEqual([0xac, 0x82, 0x80, 0x80, 0x00]);
  });

  it('lets functions call each other, imports and data be used, and locals be grouped', () => {
    const builder = start();
    const log = builder.importFunction('host', 'log', [i32], []);
    const segment = builder.data(Uint8Array.of(1, 2, 3, 4));
    const twice = builder.declare('twice', [i32], [i32]);
    const main = builder.declare('main', [], [i32]);
    builder.define(main, (code) => {
      const [a, b, wide] = [code.local(i32), code.local(i32), code.local(i64)];
      code.i32(16).i32(0).i32(4).memoryInit(segment);
      code.i32(16).mem(MemOp.i32Load, 0).set(a).get(a).call(log);
      code.i64(5n).set(wide).get(wide).op(Op.i32WrapI64).call(twice).tee(b);
    });
    builder.define(twice, (code) => void code.get(0).i32(2).op(Op.i32Mul));
    builder.export('main', main);
    const logged: number[] = [];
    const { main: run } = instantiate(builder, { log: (value: number) => logged.push(value) });
    expect((run as () => number)()).toBe(10);
    expect(logged).toEqual([0x04030201]);
  });

  it('counts labels from the inside, through tables of branches too', () => {
    const builder = start();
    const choose = builder.declare('choose', [i32], [i32]);
    builder.define(choose, (code) => {
      const outer = code.block();
      const inner = code.block();
      code.get(0).brTable([inner, outer], outer);
      code.end().i32(100).op(Op.return).end().i32(200);
    });
    builder.export('choose', choose);
    const exports = instantiate(builder) as Record<string, (value: number) => number>;
    expect([0, 1, 9].map((value) => exports.choose?.(value))).toEqual([100, 200, 200]);
  });
});
