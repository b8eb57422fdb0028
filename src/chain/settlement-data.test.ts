// The bytes of a settlement: the vector that the contract's own tests read, and what it has no place for.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { toHex, utf8Encode } from '../base/bytes.ts';
import { sha3_256 } from '../base/hash.ts';
import { type Height, parseAddress } from '../base/ids.ts';
import { parseStructTag } from '../base/type-tag.ts';
import type { Settlement } from '../channel/update.ts';
import { parseAbort } from './chain-error.ts';
import { encodeSettlementData } from './settlement-data.ts';

const MOVE_TEST = `${import.meta.dirname}/../../move/state_channel/tests/settlement_test.move`;

const SETTLEMENT: Settlement = {
  fromHeight: 1n as Height,
  toHeight: 2n as Height,
  changes: [
    {
      key: { kind: 'resource', address: parseAddress('0x57a17'), type: parseStructTag('0x1::any::T') },
      old: utf8Encode('old'),
      new: utf8Encode('new'),
    },
  ],
  leaving: [parseAddress('0xb0b')],
  closing: true,
  stateRoot: sha3_256(utf8Encode('root')),
  historyHash: sha3_256(utf8Encode('history')),
};

describe('settlement data', () => {
  it('is the golden vector of the Move tests, byte for byte', () => {
    const golden = /const GOLDEN: vector<u8> = x"([0-9a-f]+)"/.exec(readFileSync(MOVE_TEST, 'utf8'))?.[1];
    expect(toHex(encodeSettlementData(SETTLEMENT))).toBe(golden);
  });

  it('tells new, modified and deleted resources apart, grouped by account', () => {
    const resource = (address: string, name: string) =>
      ({ kind: 'resource', address: parseAddress(address), type: parseStructTag(`0x1::a::${name}`) }) as const;
    const bytes = encodeSettlementData({
      ...SETTLEMENT,
      changes: [
        { key: resource('0xa', 'New'), new: utf8Encode('v') },
        { key: resource('0xa', 'Gone'), old: utf8Encode('v') },
        { key: resource('0xb', 'New'), new: utf8Encode('w') },
      ],
    });
    const text = toHex(bytes);
    expect(text).toContain(`${toHex(utf8Encode('0x1::a::New'))}0101760000`);
    expect(text).toContain(`${toHex(utf8Encode('0x1::a::Gone'))}00000101`);
  });

  it('names table items by handle and key, after the resources', () => {
    const handle = parseAddress('0x7');
    const item = { key: { kind: 'item' as const, handle, key: utf8Encode('k') }, new: utf8Encode('v') };
    const data = toHex(encodeSettlementData({ ...SETTLEMENT, changes: [...SETTLEMENT.changes, item] }));
    const plain = toHex(encodeSettlementData(SETTLEMENT));
    // One table, one item: its key, one new value, no modification, no deletion.
    const table = `01${handle.slice(2).padStart(64, '0')}01016b0101760000`;
    const at = [...plain].findIndex((_, index) => plain.slice(0, index) + table + plain.slice(index + 2) === data);
    expect(at).toBeGreaterThan(0);
    expect(plain.slice(at, at + 2)).toBe('00');
  });
});

describe('an abort in a VM status', () => {
  it('is read with and without its name', () => {
    expect(
      parseAbort("Move abort in 0x57a17::channel: E_LEADER_VALID(0x3003f): The leader's heartbeat is recent"),
    ).toEqual({ module: '0x57a17::channel', code: 0x3003fn, name: 'E_LEADER_VALID' });
    expect(parseAbort('Move abort in 0x1::coin: 0x10006')).toEqual({ module: '0x1::coin', code: 0x10006n });
    expect(parseAbort('Out of gas')).toBeUndefined();
  });
});
