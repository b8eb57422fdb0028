// The ABI of the fixture that uses everything, and the meaning of its abort codes.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeBcs } from '../../base/bcs.ts';
import { parseAddress } from '../../base/ids.ts';
import { ModuleDraft } from '../../testing/module-draft.ts';
import { moduleAbi } from './abi.ts';
import { decodeModule } from './decode.ts';
import { describeAbort, readMetadata } from './metadata.ts';

const module = decodeModule(new Uint8Array(readFileSync(path.join(import.meta.dirname, 'fixtures/features.mv'))));
const abi = moduleAbi(module);
const functionNamed = (name: string) => abi.functions.find((candidate) => candidate.name === name);
const structNamed = (name: string) => abi.structs.find((candidate) => candidate.name === name);

describe('the ABI', () => {
  it('names the module and its friends', () => {
    expect(abi.id).toEqual({ address: parseAddress('0x42'), name: 'features' });
    expect(abi.friends).toEqual([{ address: parseAddress('0x42'), name: 'friendly' }]);
  });

  it('shows functions that somebody outside can call', () => {
    expect(functionNamed('punch')).toBeUndefined();
    expect(functionNamed('destroy')).toMatchObject({ visibility: 'private', isEntry: true, isView: false });
    expect(functionNamed('tag')).toMatchObject({ visibility: 'friend', typeParameters: [[]], parameters: ['&signer'] });
    expect(functionNamed('create')).toEqual({
      name: 'create',
      visibility: 'public',
      isEntry: true,
      isView: false,
      typeParameters: [],
      parameters: ['&signer', '0x1::string::String'],
      returns: [],
    });
  });

  it('marks views', () => {
    expect(abi.functions.filter(({ isView }) => isView).map(({ name }) => name)).toEqual(['value_of']);
  });

  it('writes types as Move does', () => {
    expect(functionNamed('swap')).toMatchObject({
      typeParameters: [[], []],
      parameters: ['0x42::features::Pair<T0, T1>'],
      returns: ['0x42::features::Pair<T1, T0>'],
    });
    expect(functionNamed('pick')).toMatchObject({ parameters: ['&mut T0', '&mut T0', 'bool'], returns: ['&mut T0'] });
    expect(functionNamed('constants')?.returns).toEqual(['address', 'u64', 'vector<u8>', 'bool']);
  });

  it('shows structs and enums with what they can do', () => {
    expect(structNamed('Counter')).toEqual({
      name: 'Counter',
      isNative: false,
      isEvent: false,
      abilities: ['key'],
      typeParameters: [],
      fields: [
        { name: 'owner', type: 'address' },
        { name: 'value', type: 'u128' },
        { name: 'label', type: '0x1::string::String' },
      ],
    });
    expect(structNamed('Coin')?.typeParameters).toEqual([{ constraints: ['store'], isPhantom: true }]);
    expect(structNamed('Counted')?.isEvent).toBe(true);
    expect(structNamed('Shape')).toMatchObject({ fields: [], abilities: ['copy', 'drop', 'store'] });
    expect(structNamed('Shape')?.variants?.map(({ name, fields }) => [name, fields.length])).toEqual([
      ['Dot', 0],
      ['Circle', 2],
      ['Line', 2],
    ]);
  });
});

describe('the error map', () => {
  it('gives the name and the doc of an abort code', () => {
    const found = describeAbort(abi.metadata, 1n);
    expect(found?.name).toBe('ENOT_OWNER');
    expect(found?.doc).toContain('Somebody who is not the owner');
    expect(describeAbort(abi.metadata, 99n)).toBeUndefined();
  });

  it('looks past the category of a code', () => {
    expect(describeAbort(abi.metadata, 0x5_0002n)?.name).toBe('EEMPTY');
  });
});

describe('metadata', () => {
  const withMetadata = (key: string, value: Uint8Array<ArrayBuffer>) => {
    const draft = new ModuleDraft();
    draft.describe(key, value);
    return readMetadata(draft.build());
  };

  it('that cannot be read says nothing', () => {
    expect(withMetadata('aptos::metadata_v1', Uint8Array.of(0xff, 0xff)).errors.size).toBe(0);
  });

  it('under other keys says nothing', () => {
    const value = encodeBcs((w) => w.uleb128(1).u64(1n).string('E').string('').uleb128(0).uleb128(0));
    expect(withMetadata('other', value).errors.size).toBe(0);
    expect(withMetadata('aptos::metadata_v1', value).errors.size).toBe(1);
  });

  it('may have attributes that are newer than we are', () => {
    const value = encodeBcs((w) =>
      w.uleb128(0).uleb128(0).uleb128(1).string('f').uleb128(1).u8(77).uleb128(1).string('x'),
    );
    expect(withMetadata('aptos::metadata_v1', value).functions.get('f')).toEqual([{ kind: 'unknown', args: ['x'] }]);
  });
});
