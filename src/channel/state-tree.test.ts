// The state tree: content alone decides the root; every change can be undone; proofs show what is there and what is not.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeBcs } from '../base/bcs.ts';
import { type Bytes, toHex, utf8Encode } from '../base/bytes.ts';
import { AssertionError } from '../base/errors.ts';
import { parseAddress } from '../base/ids.ts';
import type { StateChange, StateKey } from '../base/state.ts';
import { structTag } from '../base/type-tag.ts';
import { StateTree, verifyStateProof } from './state-tree.ts';

const APP = parseAddress('0xa99');

function key(index: number): StateKey {
  return index % 2 === 0
    ? { kind: 'resource', address: APP, type: structTag(APP, 'app', `T${index}`) }
    : { kind: 'item', handle: APP, key: encodeBcs((w) => w.u32(index)) };
}

const contents = fc.dictionary(fc.integer({ min: 0, max: 40 }).map(String), fc.uint8Array({ maxLength: 8 }));

function treeOf(content: Readonly<Record<string, Uint8Array>>): StateTree {
  return StateTree.from(
    Object.entries(content).map(([index, value]) => ({ key: key(Number(index)), value: new Uint8Array(value) })),
  );
}

/** What turns one content into the other. */
function changesBetween(
  from: Readonly<Record<string, Uint8Array>>,
  to: Readonly<Record<string, Uint8Array>>,
): StateChange[] {
  const changes: StateChange[] = [];
  for (const index of new Set([...Object.keys(from), ...Object.keys(to)])) {
    const [old, after] = [from[index], to[index]];
    if (old !== undefined && after !== undefined && toHex(old) === toHex(after)) continue;
    changes.push({
      key: key(Number(index)),
      ...(old && { old: new Uint8Array(old) }),
      ...(after && { new: new Uint8Array(after) }),
    });
  }
  return changes;
}

describe('the state tree', () => {
  it('has frozen roots', () => {
    expect(toHex(StateTree.empty.root())).toBe('0'.repeat(64));
    const entries = [1, 2, 3, 4, 5].map((index) => ({ key: key(index), value: utf8Encode(`value ${index}`) }));
    const roots = entries.map((_, count) => toHex(StateTree.from(entries.slice(0, count + 1)).root()));
    expect(roots).toMatchInlineSnapshot(`
      [
        "265fed296cea13acf311aa6f95e379e926062ce3e26fea0380c483b2397f9ab7",
        "fb8011a31cff2343b0eaa794f56ad175f42ba26a8ad17049b20f83f829da521e",
        "ab633b8c82c4a88b3d0868b0de82da76cdf379c0b8048e9b7ac53f76c4cfbeef",
        "e5c789bd5b6f18c9a22be1528e827b254d9f7f51482abe0d6945bce54ad33a33",
        "3f31e66ad2bdde5113559e7cd26d12f3fbd727a300a10a1ed6232d890ef87d96",
      ]
    `);
  });

  it('has one root for one content, whatever the way there', () => {
    fc.assert(
      fc.property(contents, contents, contents, (a, b, c) => {
        const direct = treeOf(c);
        const around = treeOf(a).apply(changesBetween(a, b)).apply(changesBetween(b, c));
        expect(toHex(around.root())).toBe(toHex(direct.root()));
        expect(around.size).toBe(Object.keys(c).length);
        expect([...around.entries()].length).toBe(around.size);
      }),
    );
  });

  it('has another root for another content', () => {
    fc.assert(
      fc.property(contents, contents, (a, b) => {
        const isSame = changesBetween(a, b).length === 0;
        expect(toHex(treeOf(a).root()) === toHex(treeOf(b).root())).toBe(isSame);
      }),
    );
  });

  it('[L4] undoes what it did, and leaves the tree before as it was', () => {
    fc.assert(
      fc.property(contents, contents, (a, b) => {
        const before = treeOf(a);
        const root = toHex(before.root());
        const changes = changesBetween(a, b);
        const after = before.apply(changes);
        expect(toHex(after.revert(changes).root())).toBe(root);
        expect(toHex(before.root())).toBe(root);
        for (const [index, value] of Object.entries(b))
          expect(after.get(key(Number(index)))).toEqual(new Uint8Array(value));
      }),
    );
  });

  it('proves what is there and what is not, and nothing else', () => {
    fc.assert(
      fc.property(
        contents,
        fc.integer({ min: 0, max: 60 }),
        fc.uint8Array({ maxLength: 8 }),
        (content, index, wrong) => {
          const tree = treeOf(content);
          const proof = tree.proof(key(index));
          const value = tree.get(key(index));
          expect(verifyStateProof(tree.root(), key(index), value, proof)).toBe(true);
          const other: Bytes | undefined =
            value === undefined || toHex(value) !== toHex(wrong) ? new Uint8Array(wrong) : undefined;
          expect(verifyStateProof(tree.root(), key(index), other, proof)).toBe(false);
          expect(verifyStateProof(tree.root(), key(index + 1), value, proof)).toBe(
            value === undefined &&
              tree.get(key(index + 1)) === undefined &&
              verifyStateProof(tree.root(), key(index + 1), undefined, proof),
          );
        },
      ),
    );
  });

  it('does not take a proof with a part changed', () => {
    const tree = treeOf(Object.fromEntries(Array.from({ length: 20 }, (_, index) => [index, utf8Encode(`v${index}`)])));
    const value = tree.get(key(7));
    const proof = tree.proof(key(7));
    expect(proof.siblings.length).toBeGreaterThan(2);
    for (const [at, sibling] of proof.siblings.entries()) {
      const bent = new Uint8Array(sibling);
      bent[0] = (bent[0] ?? 0) ^ 1;
      const siblings = proof.siblings.map((kept, index) => (index === at ? bent : kept));
      expect(verifyStateProof(tree.root(), key(7), value, { ...proof, siblings })).toBe(false);
    }
    expect(verifyStateProof(tree.root(), key(7), value, { ...proof, siblings: proof.siblings.slice(1) })).toBe(false);
    const endless = Array.from({ length: 300 }, () => new Uint8Array(32));
    expect(verifyStateProof(tree.root(), key(7), value, { siblings: endless })).toBe(false);
  });

  it('does not start a change from what it does not hold', () => {
    const tree = treeOf({ 1: utf8Encode('a') });
    expect(() => tree.apply([{ key: key(1), old: utf8Encode('b'), new: utf8Encode('c') }])).toThrow(AssertionError);
    expect(() => tree.apply([{ key: key(1), new: utf8Encode('c') }])).toThrow(AssertionError);
    expect(() => tree.apply([{ key: key(2), old: utf8Encode('a') }])).toThrow(AssertionError);
  });
});
