// The channel state as a value with one root: a binary Merkle tree over hashed keys. Trees are immutable and share what did not
// change, so a change costs O(log n), and an older state costs nothing to keep. The root depends on the content alone, never on the
// order of changes; a Move contract can check proofs, so the hashes are frozen by golden vectors.
//
//   key hash  = sha3-256(BCS(key))                 the path from the root, first bit first
//   leaf      = sha3-256(0x00 ‖ key hash ‖ sha3-256(value))
//   inner     = sha3-256(0x01 ‖ left ‖ right)
//   nothing   = 32 zero bytes
//
// A subtree that holds one leaf is that leaf itself, whatever its depth.

import { type Bytes, bytesEqual, compareBytes } from '../base/bytes.ts';
import { assert } from '../base/errors.ts';
import { HASH_SIZE, sha3_256 } from '../base/hash.ts';
import { type ChangeSet, encodeStateKey, formatStateKey, type StateKey } from '../base/state.ts';
import { invertChanges } from './change-log.ts';

const LEAF_TAG = new Uint8Array([0]);
const INNER_TAG = new Uint8Array([1]);
const NOTHING: Bytes = new Uint8Array(HASH_SIZE);

export interface StateEntry {
  readonly key: StateKey;
  readonly value: Bytes;
}

/** What shows that a key has a value, or none, under a root. */
export interface StateProof {
  /** Hashes beside the path, from the root down; at most 256. */
  readonly siblings: readonly Bytes[];
  /** The leaf at the end of the path, if it is another key's: it shows that the key is absent. */
  readonly other?: { readonly keyHash: Bytes; readonly valueHash: Bytes };
}

interface Leaf {
  readonly kind: 'leaf';
  readonly keyHash: Bytes;
  readonly entry: StateEntry;
  hash?: Bytes;
}

interface Inner {
  readonly kind: 'inner';
  readonly left: Node;
  readonly right: Node;
  hash?: Bytes;
}

type Node = Leaf | Inner | undefined;

export class StateTree {
  static readonly empty = new StateTree(undefined, 0);

  readonly #root: Node;
  readonly size: number;

  private constructor(root: Node, size: number) {
    this.#root = root;
    this.size = size;
  }

  static from(entries: Iterable<StateEntry>): StateTree {
    let root: Node;
    let size = 0;
    for (const entry of entries) {
      const keyHash = hashOfKey(entry.key);
      if (find(root, keyHash) === undefined) size += 1;
      root = insert(root, { kind: 'leaf', keyHash, entry }, 0);
    }
    return new StateTree(root, size);
  }

  get(key: StateKey): Bytes | undefined {
    return find(this.#root, hashOfKey(key))?.entry.value;
  }

  /** Each change's `old` must be what the tree holds. */
  apply(changes: ChangeSet): StateTree {
    let root = this.#root;
    let size = this.size;
    for (const change of changes) {
      const keyHash = hashOfKey(change.key);
      const present = find(root, keyHash)?.entry.value;
      assert(sameValue(present, change.old), `a change of ${formatStateKey(change.key)} starts from another value`);
      if (change.new === undefined) {
        root = remove(root, keyHash, 0);
        size -= 1;
      } else {
        root = insert(root, { kind: 'leaf', keyHash, entry: { key: change.key, value: change.new } }, 0);
        if (change.old === undefined) size += 1;
      }
    }
    return new StateTree(root, size);
  }

  /** Undoes `apply`. */
  revert(changes: ChangeSet): StateTree {
    return this.apply(invertChanges(changes));
  }

  root(): Bytes {
    return hashOf(this.#root);
  }

  proof(key: StateKey): StateProof {
    const keyHash = hashOfKey(key);
    const siblings: Bytes[] = [];
    let node = this.#root;
    for (let depth = 0; node?.kind === 'inner'; depth++) {
      const right = bitOf(keyHash, depth);
      siblings.push(hashOf(right ? node.left : node.right));
      node = right ? node.right : node.left;
    }
    if (node === undefined || bytesEqual(node.keyHash, keyHash)) return { siblings };
    return { siblings, other: { keyHash: node.keyHash, valueHash: sha3_256(node.entry.value) } };
  }

  /** In order of the keys' hashes. */
  *entries(): IterableIterator<StateEntry> {
    yield* leavesOf(this.#root);
  }
}

/** Whether `proof` shows that `key` has `value` (`undefined`: is absent) in the state with this root. Trusts nothing but the root. */
export function verifyStateProof(root: Bytes, key: StateKey, value: Bytes | undefined, proof: StateProof): boolean {
  if (proof.siblings.length > 8 * HASH_SIZE) return false;
  const keyHash = hashOfKey(key);
  let hash: Bytes;
  if (value !== undefined) {
    if (proof.other !== undefined) return false;
    hash = leafHash(keyHash, sha3_256(value));
  } else if (proof.other === undefined) {
    hash = NOTHING;
  } else {
    const { other } = proof;
    if (other.keyHash.length !== HASH_SIZE || other.valueHash.length !== HASH_SIZE) return false;
    if (bytesEqual(other.keyHash, keyHash)) return false;
    for (let depth = 0; depth < proof.siblings.length; depth++) {
      if (bitOf(other.keyHash, depth) !== bitOf(keyHash, depth)) return false;
    }
    hash = leafHash(other.keyHash, other.valueHash);
  }
  for (let depth = proof.siblings.length - 1; depth >= 0; depth--) {
    const sibling = proof.siblings[depth];
    if (sibling === undefined || sibling.length !== HASH_SIZE) return false;
    hash = bitOf(keyHash, depth) ? innerHash(sibling, hash) : innerHash(hash, sibling);
  }
  return bytesEqual(hash, root);
}

function hashOfKey(key: StateKey): Bytes {
  return sha3_256(encodeStateKey(key));
}

function bitOf(hash: Bytes, depth: number): boolean {
  return (((hash[depth >> 3] ?? 0) >> (7 - (depth & 7))) & 1) === 1;
}

function sameValue(a: Bytes | undefined, b: Bytes | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && bytesEqual(a, b));
}

function leafHash(keyHash: Bytes, valueHash: Bytes): Bytes {
  return sha3_256(LEAF_TAG, keyHash, valueHash);
}

function innerHash(left: Bytes, right: Bytes): Bytes {
  return sha3_256(INNER_TAG, left, right);
}

/** Hashes are made when asked for, once for each node. */
function hashOf(node: Node): Bytes {
  if (node === undefined) return NOTHING;
  node.hash ??=
    node.kind === 'leaf'
      ? leafHash(node.keyHash, sha3_256(node.entry.value))
      : innerHash(hashOf(node.left), hashOf(node.right));
  return node.hash;
}

function find(root: Node, keyHash: Bytes): Leaf | undefined {
  let node = root;
  for (let depth = 0; node?.kind === 'inner'; depth++) node = bitOf(keyHash, depth) ? node.right : node.left;
  return node !== undefined && bytesEqual(node.keyHash, keyHash) ? node : undefined;
}

function insert(node: Node, leaf: Leaf, depth: number): Node {
  if (node === undefined) return leaf;
  if (node.kind === 'leaf') return bytesEqual(node.keyHash, leaf.keyHash) ? leaf : fork(node, leaf, depth);
  return bitOf(leaf.keyHash, depth)
    ? { kind: 'inner', left: node.left, right: insert(node.right, leaf, depth + 1) }
    : { kind: 'inner', left: insert(node.left, leaf, depth + 1), right: node.right };
}

/** Two leaves with different keys from `depth` on. */
function fork(a: Leaf, b: Leaf, depth: number): Inner {
  const aRight = bitOf(a.keyHash, depth);
  if (aRight !== bitOf(b.keyHash, depth)) {
    return aRight ? { kind: 'inner', left: b, right: a } : { kind: 'inner', left: a, right: b };
  }
  const below = fork(a, b, depth + 1);
  return aRight ? { kind: 'inner', left: undefined, right: below } : { kind: 'inner', left: below, right: undefined };
}

/** The key is present. A leaf left alone moves up, so that the shape tells nothing of what was there before. */
function remove(node: Node, keyHash: Bytes, depth: number): Node {
  if (node?.kind !== 'inner') return undefined;
  const right = bitOf(keyHash, depth);
  const rest = remove(right ? node.right : node.left, keyHash, depth + 1);
  const other = right ? node.left : node.right;
  if (rest === undefined && other?.kind === 'leaf') return other;
  if (other === undefined && rest?.kind !== 'inner') return rest;
  return right ? { kind: 'inner', left: other, right: rest } : { kind: 'inner', left: rest, right: other };
}

function* leavesOf(node: Node): IterableIterator<StateEntry> {
  if (node === undefined) return;
  if (node.kind === 'leaf') {
    yield node.entry;
    return;
  }
  yield* leavesOf(node.left);
  yield* leavesOf(node.right);
}

/** Entries in the one order that listings and snapshots use: by the keys' encoding. */
export function sortEntries(entries: Iterable<StateEntry>): StateEntry[] {
  return [...entries]
    .map((entry) => ({ entry, bytes: encodeStateKey(entry.key) }))
    .sort((a, b) => compareBytes(a.bytes, b.bytes))
    .map(({ entry }) => entry);
}
