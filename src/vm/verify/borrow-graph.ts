// Which references borrow from which: the graph behind reference safety. An edge from a parent to a child says that the child points at the
// parent's value (an empty path) or at a part of it (a path of labels). A strong edge names the place exactly; a weak one says that the child
// points there or anywhere below. The frame itself is a reference too; locals and resources are labels under it.

import { AssertionError, assert } from '../../base/errors.ts';

/** A part of a value: a field, a local of the frame, a resource in storage. */
export type Label = string;

interface Edge {
  readonly isStrong: boolean;
  readonly path: readonly Label[];
  /** Equal for equal edges. */
  readonly key: string;
}

interface Reference {
  readonly isMutable: boolean;
  readonly borrowedBy: Map<number, EdgeSet>;
  readonly borrowsFrom: Set<number>;
}

/** Edges between one parent and one child. Beyond this many they become one weak edge with an empty path, which covers all. */
const EDGES_MAX = 10;

export class BorrowGraph {
  #references = new Map<number, Reference>();
  /** References that no copy of the graph shares: these may be changed in place. */
  #owned = new Set<number>();
  #size = 0;

  clone(): BorrowGraph {
    const copy = new BorrowGraph();
    copy.#references = new Map(this.#references);
    copy.#size = this.#size;
    this.#owned = new Set();
    return copy;
  }

  /** The same graph with other ids; `rename` must not give two references the same. */
  renamed(rename: (id: number) => number): BorrowGraph {
    const copy = new BorrowGraph();
    copy.#size = this.#size;
    this.#owned = new Set();
    const isRenamed = (id: number): boolean => rename(id) !== id;
    for (const [id, reference] of this.#references) {
      const { isMutable, borrowedBy, borrowsFrom } = reference;
      if (!some(borrowedBy.keys(), isRenamed) && !some(borrowsFrom, isRenamed)) {
        copy.#references.set(rename(id), reference);
        continue;
      }
      const children = new Map<number, EdgeSet>();
      for (const [child, edges] of borrowedBy) children.set(rename(child), edges);
      const parents = new Set<number>();
      for (const parent of borrowsFrom) parents.add(rename(parent));
      copy.#references.set(rename(id), { isMutable, borrowedBy: children, borrowsFrom: parents });
    }
    assert(copy.#references.size === this.#references.size, 'two references under one id');
    return copy;
  }

  /** References and edges together. */
  get size(): number {
    return this.#size;
  }

  add(id: number, isMutable: boolean): void {
    if (this.#references.has(id)) throw new AssertionError(`reference ${id} exists`);
    this.#references.set(id, { isMutable, borrowedBy: new Map(), borrowsFrom: new Set() });
    this.#owned.add(id);
    this.#size++;
  }

  isMutable(id: number): boolean {
    return this.#get(id).isMutable;
  }

  /** `child` points exactly at `path` of `parent`. What borrowed from there, or below, now borrows from `child`. */
  borrowStrong(parent: number, path: readonly Label[], child: number): void {
    const moved: (readonly [borrower: number, edge: Edge])[] = [];
    for (const [borrower, edges] of this.#get(parent).borrowedBy) {
      for (const edge of edges) if (isPrefix(path, edge.path)) moved.push([borrower, edge]);
    }
    for (const [borrower, edge] of moved) this.#removeEdge(parent, edge, borrower);
    for (const [borrower, edge] of moved) {
      this.#addEdge(child, makeEdge(edge.isStrong, edge.path.slice(path.length)), borrower);
    }
    this.#addEdge(parent, makeEdge(true, path), child);
  }

  /** `child` points at `path` of `parent` or anywhere below. */
  borrowWeak(parent: number, path: readonly Label[], child: number): void {
    this.#addEdge(parent, makeEdge(false, path), child);
  }

  /** Forgets `id`; what borrowed from it now borrows from what it borrowed from. */
  release(id: number): void {
    const { borrowedBy, borrowsFrom } = this.#get(id);
    this.#references.delete(id);
    this.#owned.delete(id);
    this.#size--;
    if (borrowedBy.size === 0 && borrowsFrom.size === 0) return;
    for (const [child, edges] of borrowedBy) {
      this.#size -= edges.size;
      this.#own(child).borrowsFrom.delete(id);
    }
    for (const parent of borrowsFrom) {
      const parentEdges = this.#get(parent).borrowedBy.get(id);
      this.#size -= parentEdges?.size ?? 0;
      this.#own(parent).borrowedBy.delete(id);
      for (const edge of parentEdges ?? []) {
        for (const [child, childEdges] of borrowedBy) {
          // A circle that is cut open leaves nothing between its two ends.
          if (child === parent) continue;
          for (const childEdge of childEdges) this.#addEdge(parent, follow(edge, childEdge), child);
        }
      }
    }
  }

  /** Something points exactly at `id`'s value, or maybe anywhere in it. */
  hasFullBorrows(id: number): boolean {
    for (const edges of this.#get(id).borrowedBy.values()) {
      for (const edge of edges) if (edge.path.length === 0) return true;
    }
    return false;
  }

  /** Something points at `id`'s value or at its part `label` (at any part, if absent); only mutable references count if `onlyMutable`. */
  isBorrowed(id: number, label: Label | undefined, onlyMutable = false): boolean {
    const { borrowedBy } = this.#get(id);
    // Mostly so, and sooner found than by going through none.
    if (borrowedBy.size === 0) return false;
    for (const [child, edges] of borrowedBy) {
      if (onlyMutable && !this.isMutable(child)) continue;
      for (const { path } of edges) {
        if (path.length === 0 || label === undefined || path[0] === label) return true;
      }
    }
    return false;
  }

  isWritable(id: number): boolean {
    assert(this.isMutable(id), 'only mutable references are written to');
    return !this.isBorrowed(id, undefined);
  }

  /** May be frozen, as a whole or at one part: no mutable reference points into it. */
  isFreezable(id: number, label?: Label): boolean {
    return !this.isBorrowed(id, label, true);
  }

  isReadable(id: number, label?: Label): boolean {
    return !this.isMutable(id) || this.isFreezable(id, label);
  }

  /** The graph after these references are released; itself where there are none. */
  without(references: readonly (number | undefined)[]): BorrowGraph {
    if (references.every((id) => id === undefined)) return this;
    const copy = this.clone();
    for (const id of references) if (id !== undefined) copy.release(id);
    return copy;
  }

  /** Both graphs' edges, of graphs with the same references. */
  join(other: BorrowGraph): BorrowGraph {
    const joined = this.clone();
    for (const [parent, edge, child] of this.#uncovered(other)) joined.#addEdge(parent, edge, child);
    return joined;
  }

  /** Whether every edge of `other` is here, or a weaker one. */
  covers(other: BorrowGraph): boolean {
    return this.#uncovered(other).length === 0;
  }

  #uncovered(other: BorrowGraph): (readonly [parent: number, edge: Edge, child: number])[] {
    const uncovered: (readonly [parent: number, edge: Edge, child: number])[] = [];
    for (const [parent, { borrowedBy }] of other.#references) {
      const own = this.#get(parent).borrowedBy;
      for (const [child, edges] of borrowedBy) {
        const ownEdges = own.get(child);
        for (const edge of edges) if (!ownEdges?.covers(edge)) uncovered.push([parent, edge, child]);
      }
    }
    return uncovered;
  }

  #addEdge(parent: number, edge: Edge, child: number): void {
    assert(parent !== child, 'a reference that borrows from itself');
    const { borrowedBy } = this.#own(parent);
    const before = borrowedBy.get(child) ?? EdgeSet.empty;
    const after = before.with(edge);
    borrowedBy.set(child, after);
    this.#size += after.size - before.size;
    if (!this.#get(child).borrowsFrom.has(parent)) this.#own(child).borrowsFrom.add(parent);
  }

  #removeEdge(parent: number, edge: Edge, child: number): void {
    const { borrowedBy } = this.#own(parent);
    const before = borrowedBy.get(child);
    const edges = before?.without(edge);
    this.#size -= (before?.size ?? 0) - (edges?.size ?? 0);
    if (edges && edges.size > 0) {
      borrowedBy.set(child, edges);
      return;
    }
    borrowedBy.delete(child);
    this.#own(child).borrowsFrom.delete(parent);
  }

  /** To be changed: copied first where a copy of the graph has it too. */
  #own(id: number): Reference {
    const reference = this.#get(id);
    if (this.#owned.has(id)) return reference;
    const { isMutable, borrowedBy, borrowsFrom } = reference;
    const own = { isMutable, borrowedBy: new Map(borrowedBy), borrowsFrom: new Set(borrowsFrom) };
    this.#references.set(id, own);
    this.#owned.add(id);
    return own;
  }

  #get(id: number): Reference {
    const reference = this.#references.get(id);
    if (reference === undefined) throw new AssertionError(`no reference ${id}`);
    return reference;
  }
}

/** Never changed once made, so that copies of a graph share it. */
class EdgeSet {
  static readonly empty = new EdgeSet([], false);
  readonly #edges: readonly Edge[];
  readonly #isOverflown: boolean;

  private constructor(edges: readonly Edge[], isOverflown: boolean) {
    this.#edges = edges;
    this.#isOverflown = isOverflown;
  }

  get size(): number {
    return this.#edges.length;
  }

  [Symbol.iterator](): Iterator<Edge> {
    return this.#edges.values();
  }

  with(edge: Edge): EdgeSet {
    if (this.#isOverflown) return this;
    if (this.#edges.length >= EDGES_MAX) return new EdgeSet([makeEdge(false, [])], true);
    return this.#has(edge) ? this : new EdgeSet([...this.#edges, edge], false);
  }

  without(edge: Edge): EdgeSet {
    assert(this.#has(edge), 'no such edge');
    return new EdgeSet(
      this.#edges.filter(({ key }) => key !== edge.key),
      this.#isOverflown,
    );
  }

  covers(edge: Edge): boolean {
    return this.#edges.some((own) => own.key === edge.key || (!own.isStrong && isPrefix(own.path, edge.path)));
  }

  #has({ key }: Edge): boolean {
    return this.#edges.some((own) => own.key === key);
  }
}

function makeEdge(isStrong: boolean, path: readonly Label[]): Edge {
  return { isStrong, path, key: `${isStrong ? '=' : '~'}${path.join('.')}` };
}

/** From a parent over a released reference to its child. Behind a weak edge the place is not known any better. */
function follow(first: Edge, second: Edge): Edge {
  if (!first.isStrong) return first;
  return makeEdge(second.isStrong, [...first.path, ...second.path]);
}

function isPrefix(prefix: readonly Label[], path: readonly Label[]): boolean {
  return prefix.length <= path.length && prefix.every((label, i) => label === path[i]);
}

function some<T>(items: Iterable<T>, test: (item: T) => boolean): boolean {
  for (const item of items) if (test(item)) return true;
  return false;
}
