// Plain data as text and back, with what is shared still shared and what holds itself still holding itself: a compiled unit names the same types
// and functions from thousands of places. Knows objects, arrays, maps, bytes, text, numbers, bigints, booleans and `undefined`.

import { fromHex, toHex } from '../../base/bytes.ts';
import { AssertionError, StraitError } from '../../base/errors.ts';

/** A function, or an instance of a class, which cannot be kept. */
export class NotPortable extends StraitError {
  override readonly name = 'NotPortable';
}

/** Scalars stand for themselves; `[]` is `undefined`; `[n]` is node `n`. */
type Cell = null | boolean | number | string | readonly number[];
/** The first cell says what the node is: a shape's number (its values follow), or one of `KIND`. */
type Node = readonly Cell[];

const KIND = { array: -1, map: -2, bytes: -3, bigint: -4, text: -5 } as const;
/** Text longer than this is kept once. */
const INLINE_TEXT_MAX = 2;

interface Graph {
  readonly shapes: readonly (readonly string[])[];
  readonly nodes: readonly Node[];
  readonly root: Cell;
}

/** @throws NotPortable */
export function writeGraph(value: unknown): string {
  return JSON.stringify(new Writer().write(value));
}

/** What `writeGraph` was given. @throws DecodeError, SyntaxError or AssertionError when the text is not its work */
export function readGraph(text: string): unknown {
  const { shapes, nodes, root } = JSON.parse(text) as Graph;
  const made = nodes.map((node) => shell(node, shapes));
  const valueIn = (cell: Cell | undefined): unknown => {
    if (!Array.isArray(cell)) return cell;
    const index: number | undefined = cell[0];
    if (index === undefined) return undefined;
    if (index >= made.length) throw new AssertionError(`no node ${index}`);
    return made[index];
  };
  nodes.forEach((node, index) => {
    const target = made[index];
    if (Array.isArray(target)) {
      for (const cell of node.slice(1)) target.push(valueIn(cell));
    } else if (target instanceof Map) {
      for (let i = 1; i < node.length; i += 2) target.set(valueIn(node[i]), valueIn(node[i + 1]));
    } else if (typeof node[0] === 'number' && node[0] >= 0) {
      shapes[node[0]]?.forEach((name, field) => {
        (target as Record<string, unknown>)[name] = valueIn(node[field + 1]);
      });
    }
  });
  return valueIn(root);
}

/** The node without what it holds. */
function shell(node: Node, shapes: Graph['shapes']): unknown {
  const [kind, content] = node;
  switch (kind) {
    case KIND.array:
      return [];
    case KIND.map:
      return new Map();
    case KIND.bytes:
      return fromHex(String(content));
    case KIND.bigint:
      return BigInt(String(content));
    case KIND.text:
      return String(content);
    default:
      if (typeof kind !== 'number' || shapes[kind] === undefined) throw new AssertionError('a node of no known kind');
      return {};
  }
}

class Writer {
  readonly #shapes: (readonly string[])[] = [];
  readonly #shapeNumbers = new Map<string, number>();
  readonly #nodes: Cell[][] = [];
  readonly #known = new Map<unknown, number>();

  write(value: unknown): Graph {
    const root = this.#cell(value);
    return { shapes: this.#shapes, nodes: this.#nodes, root };
  }

  #cell(value: unknown): Cell {
    if (value === undefined) return [];
    if (value === null || typeof value === 'boolean' || typeof value === 'number') return value;
    if (typeof value === 'string' && value.length <= INLINE_TEXT_MAX) return value;
    const known = this.#known.get(value);
    if (known !== undefined) return [known];
    const index = this.#nodes.length;
    const node: Cell[] = [];
    this.#known.set(value, index);
    this.#nodes.push(node);
    this.#fill(node, value);
    return [index];
  }

  #fill(node: Cell[], value: unknown): void {
    if (typeof value === 'string') node.push(KIND.text, value);
    else if (typeof value === 'bigint') node.push(KIND.bigint, value.toString());
    else if (value instanceof Uint8Array) node.push(KIND.bytes, toHex(value));
    else if (Array.isArray(value)) {
      node.push(KIND.array);
      for (const item of value) node.push(this.#cell(item));
    } else if (value instanceof Map) {
      node.push(KIND.map);
      for (const [key, item] of value) node.push(this.#cell(key), this.#cell(item));
    } else if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
      const names = Object.keys(value);
      node.push(this.#shape(names));
      for (const name of names) node.push(this.#cell((value as Record<string, unknown>)[name]));
    } else {
      throw new NotPortable(`a ${typeof value} among data`);
    }
  }

  #shape(names: readonly string[]): number {
    const key = names.join();
    let number = this.#shapeNumbers.get(key);
    if (number === undefined) {
      number = this.#shapes.length;
      this.#shapes.push(names);
      this.#shapeNumbers.set(key, number);
    }
    return number;
  }
}
