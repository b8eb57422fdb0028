// Natives of signatures against published vectors (RFC 8032, aptos-core's own) and edge cases that implementations disagree on.

import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { describe, expect, it } from 'vitest';
import { type Bytes, concatBytes, fromHex, toHex, utf8Encode } from '../../base/bytes.ts';
import { NativeCalls, vector } from '../../testing/native-calls.ts';
import { CRYPTO_NATIVES } from './crypto.ts';

const natives = new NativeCalls(
  {
    bls12381: [
      'struct PublicKeyWithPoP has copy, drop, store { bytes: vector<u8> }',
      'struct Signature has copy, drop, store { bytes: vector<u8> }',
      'native aggregate_pubkeys_internal(vector<PublicKeyWithPoP>): (vector<u8>, bool)',
      'native aggregate_signatures_internal(vector<Signature>): (vector<u8>, bool)',
      'native validate_pubkey_internal(vector<u8>): bool',
      'native signature_subgroup_check_internal(vector<u8>): bool',
      'native verify_aggregate_signature_internal(vector<u8>, vector<PublicKeyWithPoP>, vector<vector<u8>>): bool',
      'native verify_multisignature_internal(vector<u8>, vector<u8>, vector<u8>): bool',
      'native verify_normal_signature_internal(vector<u8>, vector<u8>, vector<u8>): bool',
      'native verify_proof_of_possession_internal(vector<u8>, vector<u8>): bool',
      'native verify_signature_share_internal(vector<u8>, vector<u8>, vector<u8>): bool',
    ],
    ed25519: [
      'native public_key_validate_internal(vector<u8>): bool',
      'native signature_verify_strict_internal(vector<u8>, vector<u8>, vector<u8>): bool',
    ],
    multi_ed25519: [
      'native public_key_validate_internal(vector<u8>): bool',
      'native public_key_validate_v2_internal(vector<u8>): bool',
      'native signature_verify_strict_internal(vector<u8>, vector<u8>, vector<u8>): bool',
    ],
    secp256k1: ['native ecdsa_recover_internal(vector<u8>, u8, vector<u8>): (vector<u8>, bool)'],
  },
  { natives: CRYPTO_NATIVES },
);

const YES = ['01'];
const NO = ['00'];
const hex = (text: string) => vector(fromHex(text));
const list = (items: readonly Bytes[]) => concatBytes(Uint8Array.of(items.length), ...items.map(vector));
const call = (name: string, ...args: readonly Bytes[]) => natives.call(name, args);

describe('ed25519', () => {
  const verify = (key: string, signature: string, message: string) =>
    call('ed25519::signature_verify_strict_internal', hex(signature), hex(key), hex(message));

  // RFC 8032, section 7.1: key, signature, message.
  it.each([
    [
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
      '',
    ],
    [
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
      '72',
    ],
    [
      'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
      'af82',
    ],
  ])('takes the signatures of RFC 8032, and no other message', (key, signature, message) => {
    expect(verify(key, signature, message)).toEqual(YES);
    expect(verify(key, signature, `${message}00`)).toEqual(NO);
  });

  it('takes nothing malformed for a signature, and does not abort', () => {
    const [key, r] = [
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da',
    ];
    const s = '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00';
    expect(verify(key.slice(2), r + s, '72')).toEqual(NO);
    expect(verify(`${key}00`, r + s, '72')).toEqual(NO);
    expect(verify('', r + s, '72')).toEqual(NO);
    expect(verify(key, r, '72')).toEqual(NO);
    expect(verify(key, '', '72')).toEqual(NO);
    // S + the group's order: the same scalar, written another way.
    expect(verify(key, `${r}f52db6415839a7b6dc8c0876aeeb326d387b2eaeb4302aeeb00d291612bb0c10`, '72')).toEqual(NO);
  });

  // Points whose order divides 8, as chosen in "Taming the many EdDSAs" (2020): keys that fit many messages.
  it.each([
    '0100000000000000000000000000000000000000000000000000000000000000',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    '0000000000000000000000000000000000000000000000000000000000000080',
    '0000000000000000000000000000000000000000000000000000000000000000',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
    // The identity and a point of order 4, written with a y that is not reduced.
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  ])('refuses the key of small order %s', (key) => {
    expect(call('ed25519::public_key_validate_internal', hex(key))).toEqual(NO);
    const zero = '00'.repeat(32);
    expect(verify(key, `01${'00'.repeat(31)}${zero}`, '72')).toEqual(NO);
    expect(verify(key, key + zero, '72')).toEqual(NO);
  });
});

describe('multi_ed25519', () => {
  const secrets = [1, 2, 3].map((byte) => new Uint8Array(32).fill(byte));
  const keys = secrets.map((secret) => new Uint8Array(ed25519.getPublicKey(secret)));
  const message = utf8Encode('message');
  const signatures = secrets.map((secret) => new Uint8Array(ed25519.sign(message, secret)));
  const key = (threshold: number, from = keys) => concatBytes(...from, Uint8Array.of(threshold));
  const signature = (signers: readonly number[], bitmap?: string) => {
    let bits = 0;
    for (const signer of signers) bits |= 0x80 >> signer;
    const tail = bitmap === undefined ? Uint8Array.of(bits, 0, 0, 0) : fromHex(bitmap);
    return concatBytes(...signers.map((signer) => signatures[signer] ?? new Uint8Array(64)), tail);
  };
  const verify = (by: Uint8Array, under: Uint8Array, text = message) =>
    call('multi_ed25519::signature_verify_strict_internal', vector(by), vector(under), vector(text));

  it('takes as many signatures as the threshold asks for, in order', () => {
    expect(verify(signature([0, 2]), key(2))).toEqual(YES);
    expect(verify(signature([0, 1, 2]), key(2))).toEqual(YES);
    expect(verify(signature([1]), key(2))).toEqual(NO);
    expect(verify(signature([0, 2]), key(2), utf8Encode('another'))).toEqual(NO);
    expect(verify(signature([0, 2], 'c0000000'), key(2))).toEqual(NO);
    expect(verify(signature([0, 2], 'e0000000'), key(2))).toEqual(NO);
    expect(verify(signature([0, 2], '80000001'), key(2))).toEqual(NO);
    expect(verify(signature([]), key(1))).toEqual(NO);
  });

  it('validates keys as each version of Aptos does', () => {
    const validate = (version: string, bytes: Uint8Array) =>
      call(`multi_ed25519::public_key_validate${version}_internal`, vector(bytes));
    expect(validate('', key(2))).toEqual(YES);
    expect(validate('_v2', key(2))).toEqual(YES);
    // The older one looks at whole keys only.
    expect(validate('', Uint8Array.of(1))).toEqual(YES);
    expect(validate('_v2', Uint8Array.of(1))).toEqual(NO);
    expect(validate('', key(4))).toEqual(YES);
    for (const threshold of [0, 4]) expect(validate('_v2', key(threshold))).toEqual(NO);
    const small = fromHex(`01${'00'.repeat(31)}`);
    for (const version of ['', '_v2']) {
      expect(validate(version, key(1, [...keys, small]))).toEqual(NO);
      expect(validate(version, key(1, new Array(32).fill(keys[0])))).toEqual(YES);
      expect(validate(version, key(1, new Array(33).fill(keys[0])))).toEqual(NO);
    }
  });
});

describe('secp256k1', () => {
  const hash = new Uint8Array(sha256(utf8Encode('test aptos secp256k1')));
  const r = 'f7ad936da03f948c14c542020e3c5f4e02aaacd1f20427c11aa6e2fbf8776477';
  const s = '646bba0e1a37f9e7c777c423a1d2849baafd7ff6a9930814a43c3f80d59db56f';
  const order = 'fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141';
  const none = ['00', '00'];
  const recover = (signature: string, id = 0, message: Uint8Array = hash) =>
    call('secp256k1::ecdsa_recover_internal', vector(message), Uint8Array.of(id), hex(signature));

  it("gives the key of aptos-core's vector", () => {
    expect(recover(r + s)).toEqual([
      '404646ae5047316b4230d0086c8acec687f00b1cd9d1dc634f6cb358ac0a9a8ffffe77b4dd0a4bfb95851f3b7355c781dd60f8418fc8a65d14907aff47c903a559',
      '01',
    ]);
  });

  it('gives another key, or none, for another signature', () => {
    const [key, found] = recover(r + s.replace('c777', 'c7f7')) as string[];
    expect(found).toBe('01');
    expect(key).not.toContain('4646ae50');
    expect(recover(`ff${r.slice(2)}${s}`)).toEqual(none);
    expect(recover('00'.repeat(32) + s)).toEqual(none);
    expect(recover(r + '00'.repeat(32))).toEqual(none);
    // r + the order is no x of the field.
    expect(recover(r + s, 2)).toEqual(none);
    // R = G and s R = hash G: the sum is the point at infinity.
    const generator = '79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798';
    expect(recover(generator + toHex(hash))).toEqual(none);
  });

  it('aborts for what is no message, signature or id', () => {
    const abort = `abort ${0x10001}`;
    expect(recover(r + s, 4)).toBe(abort);
    expect(recover(r)).toBe(abort);
    expect(recover(`${r}${s}00`)).toBe(abort);
    expect(recover(r + s, 0, hash.subarray(1))).toBe(abort);
    expect(recover(order + s)).toBe(abort);
    expect(recover(r + order)).toBe(abort);
  });
});

describe('bls12381', () => {
  const KEYS = [
    '92e201a806af246f805f460fbdc6fc90dd16a18d6accc236e85d3578671d6f6690dde22134d19596c58ce9d63252410a',
    'ab9df801c6f96ade1c0490c938c87d5bcc2e52ccb8768e1b5d14197c5e8bfa562783b96711b702dda411a1a9f08ebbfa',
    'b698c932cf7097d99c17bd6e9c9dc4eeba84278c621700a8f80ec726b1daa11e3ab55fc045b4dbadefbeef05c4182494',
  ].map((text) => fromHex(text));
  const THREE_KEYS = 'b5f5eb6153ab5388a1a76343d714e4a2dcf224c5d0722d1e8e90c6bcead05c573fffe986460bd4000645a655bf52bc60';
  const THREE_SIGNATURES =
    'b523a31813e771e55aa0fc99a48db716ecc1085f9899ccadb64e759ecb481a2fb1cdcc0b266f036695f941361de773081729311f6a1bca9d47393f5359c8c87dc34a91f5dae335590aacbff974076ad1f910dd81750553a72ccbcad3c8cc0f07';
  const KEY = '94209a296b739577cb076d3bfb1ca8ee936f29b69b7dae436118c4dd1cc26fd43dcd16249476a006b8b949bf022a7858';
  const SIGNATURE =
    'b01ce4632e94d8c611736e96aa2ad8e0528a02f927a81a92db8047b002a8c71dc2d6bfb94729d0973790c10b6ece446817e4b7543afd7ca9a17c75de301ae835d66231c26a003f11ae26802b98d90869a9e73788c38739f7ac9d52659e1f7cf7';
  const OTHER_KEYS = [
    'ae4851bb9e7782027437ed0e2c026dd63b77a972ddf4bd9f72bcc218e327986568317e3aa9f679c697a2cb7cebf992f3',
    '82ed7bb5528303a2e306775040a7309e0bd597b70d9949d8c6198a01a7be0b00079320ebfeaf7bbd5bfe86809940d252',
  ];
  /** On their curve, not in the group of prime order. */
  const OUTSIDE = [
    'ae3cd9403b69c20a0d455fd860e977fe6ee7140a7f091f26c860f2caccd3e0a7a7365798ac10df776675b3a67db8faa0',
    '928d4862a40439a67fd76a9c7560e2ff159e770dcf688ff7b2dd165792541c88ee76c82eb77dd6e9e72c89cbf1a56a68',
  ];
  const INFINITE_KEY = `c0${'00'.repeat(47)}`;
  const INFINITE_SIGNATURE = `c0${'00'.repeat(95)}`;
  const hello = vector(utf8Encode('Hello Aptos!'));
  const one = (name: string, signature: string, key: string, message = hello) =>
    call(`bls12381::verify_${name}_internal`, hex(signature), hex(key), message);

  it("takes signatures and shares of aptos-core's vectors, and no others", () => {
    for (const name of ['normal_signature', 'signature_share', 'multisignature']) {
      expect(one(name, SIGNATURE, KEY), name).toEqual(YES);
      expect(one(name, SIGNATURE, KEY, vector(utf8Encode('Bello Aptos!'))), name).toEqual(NO);
      expect(one(name, `a0${SIGNATURE.slice(2)}`, KEY), name).toEqual(NO);
      for (const key of OTHER_KEYS) expect(one(name, SIGNATURE, key), name).toEqual(NO);
    }
  });

  it('takes no infinite key or signature', () => {
    for (const name of ['normal_signature', 'multisignature']) {
      expect(one(name, INFINITE_SIGNATURE, INFINITE_KEY), name).toEqual(NO);
      expect(one(name, INFINITE_SIGNATURE, KEY), name).toEqual(NO);
      expect(one(name, SIGNATURE, INFINITE_KEY), name).toEqual(NO);
    }
  });

  it('aggregates keys and verifies what their owners signed together', () => {
    expect(call('bls12381::aggregate_pubkeys_internal', list(KEYS))).toEqual([`30${THREE_KEYS}`, '01']);
    expect(one('multisignature', THREE_SIGNATURES, THREE_KEYS, vector(utf8Encode('Hello, Aptoverse!')))).toEqual(YES);
    expect(call('bls12381::aggregate_pubkeys_internal', list([]))).toEqual(['00', '00']);
    expect(call('bls12381::aggregate_pubkeys_internal', list([...KEYS, fromHex('00')]))).toEqual(['00', '00']);
  });

  it('aggregates signatures', () => {
    const signatures = [
      'a55ac2d64b4c1d141b15d876d3e54ad1eea07ee488e8287cce7cdf3eec551458ab5795ab196f8c112590346f7bc7c97e0053cd5be0f9bd74b93a87cd44458e98d125d6d5c6950ea5e62666beb34422ead79121f8cb0815dae41a986688d03eaf',
      '90a639a44491191c46379a843266c293de3a46197714ead2ad3886233dd5c2b608b6437fa32fbf9d218b20f1cbfa7970182663beb9c148e2e9412b148e16abf283ffa51b8a536c0e55d61b2e5c849edc49f636c0ef07cb99f125cbcf602e22bb',
    ].map((text) => fromHex(text));
    expect(call('bls12381::aggregate_signatures_internal', list(signatures))).toEqual([
      '608f1949a06b95c3cb62898d861f889350c0d2cb740da513bfa195aa0ab8fa006ea2efe004a7bbbd9bb363637a279aed20132efd0846f520e7ee0e8ed847a1c6969bb986ad2239bcc9af561b6c2aa6d3016e1c722146471f1e28313de189fe7ebc',
      '01',
    ]);
    expect(call('bls12381::aggregate_signatures_internal', list([]))).toEqual(['00', '00']);
  });

  it('verifies signatures of several messages at once', () => {
    const keys = [
      'b93d6aabb2b83e52f4b8bda43c24ea920bbced87a03ffc80f8f70c814a8b3f5d69fbb4e579ca76ee008d61365747dbc6',
      'b45648ceae3a983bcb816a96db599b5aef3b688c5753fa20ce36ac7a4f2c9ed792ab20af6604e85e42dab746398bb82c',
    ].map((text) => fromHex(text));
    const signature =
      'a523aa3c3f1f1074d968ffecf017c7b93ae5243006bf0abd2e45c036ddbec99302984b650ebe5ba306cda4071d281ba50a99ef0e66c3957fab94163296f9d673fc58a36de4276f82bfb1d9180b591df93b5c2804d40dd68cf0f72cd92f86442e';
    const messages = [1, 2].map((number) => utf8Encode(`Hello, Aptos ${number}!`));
    const verify = (some: readonly Bytes[], texts: readonly Bytes[]) =>
      call('bls12381::verify_aggregate_signature_internal', hex(signature), list(some), list(texts));
    expect(verify(keys, messages)).toEqual(YES);
    expect(verify(keys, [...messages].reverse())).toEqual(NO);
    expect(verify(keys, messages.slice(1))).toEqual(NO);
    expect(verify([], [])).toEqual(NO);
  });

  it('verifies proofs of possession', () => {
    const key = '808864c91ae7a9998b3f5ee71f447840864e56d79838e4785ff5126c51480198df3d972e1e0348c6da80d396983e42d7';
    const possession =
      'ab42afff92510034bf1232a37a0d31bc8abfc17e7ead9170d2d100f6cf6c75ccdcfedbd31699a112b4464a06fd636f3f190595863677d660b4c5d922268ace421f9e86e3a054946ee34ce29e1f88c1a10f27587cf5ec528d65ba7c0dc4863364';
    const verify = (a: string, b: string) => call('bls12381::verify_proof_of_possession_internal', hex(a), hex(b));
    expect(verify(key, possession)).toEqual(YES);
    expect(verify(`a0${key.slice(2)}`, possession)).toEqual(NO);
    expect(verify(key, `bb${possession.slice(2)}`)).toEqual(NO);
    expect(verify(INFINITE_KEY, INFINITE_SIGNATURE)).toEqual(NO);
  });

  it('tells points of the group from others, in either form', () => {
    const validKey = (key: string) => call('bls12381::validate_pubkey_internal', hex(key));
    expect(validKey(KEY)).toEqual(YES);
    for (const key of [...OUTSIDE, INFINITE_KEY, '', `1f${KEY.slice(2)}`, `9f${'ff'.repeat(47)}`]) {
      expect(validKey(key), key).toEqual(NO);
    }
    // The generator of G1, uncompressed; and with a flag that does not belong there.
    const generator =
      '17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1';
    expect(validKey(generator)).toEqual(YES);
    expect(validKey(`37${generator.slice(2)}`)).toEqual(NO);
    expect(validKey(`${generator.slice(0, -2)}e2`)).toEqual(NO);
    const validSignature = (text: string) => call('bls12381::signature_subgroup_check_internal', hex(text));
    expect(validSignature(SIGNATURE)).toEqual(YES);
    expect(validSignature(INFINITE_SIGNATURE)).toEqual(NO);
    expect(validSignature(`c0${'00'.repeat(94)}01`)).toEqual(NO);
  });
});
