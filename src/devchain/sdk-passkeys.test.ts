// Accounts of passkeys by the unmodified ts-sdk: alone, among several keys, simulated; and accounts of a kind that the chain has not.

import type * as sdk5 from '@aptos-labs/ts-sdk';
import { p256 } from '@noble/curves/nist.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { concatBytes, utf8Encode } from '../base/bytes.ts';
import { sha3_256 } from '../base/hash.ts';
import { devchainOfTests, SDK_VERSIONS } from './sdk.suite.ts';
import { SdkClient } from './sdk-client.suite.ts';

const devchain = devchainOfTests();

describe.each(SDK_VERSIONS)('ts-sdk %s', (_version, sdk) => {
  let client: SdkClient;
  let to: sdk5.AccountAddress;
  beforeAll(() => {
    client = new SdkClient(sdk, devchain());
    to = sdk.Account.generate().accountAddress;
  });

  const pay = (amount: number): sdk5.InputEntryFunctionData => ({
    function: '0x1::aptos_account::transfer',
    functionArguments: [to, amount],
  });
  const build = (sender: sdk5.AccountAddress, amount: number) =>
    client.aptos.transaction.build.simple({ sender, data: pay(amount) });

  /** What a browser makes of the transaction's hash, with the key of an authenticator. */
  function respond(key: sdk5.Secp256r1PrivateKey, transaction: sdk5.SimpleTransaction): sdk5.WebAuthnSignature {
    const challenge = sha3_256(sdk.generateSigningMessageForTransaction(transaction));
    const text = Buffer.from(challenge).toString('base64url');
    const clientData = utf8Encode(JSON.stringify({ type: 'webauthn.get', challenge: text, origin: 'https://strait' }));
    const authenticatorData = new Uint8Array(37).fill(5);
    const signed = concatBytes(authenticatorData, sha256(clientData));
    const signature = p256.sign(signed, key.toUint8Array(), { lowS: true });
    return new sdk.WebAuthnSignature(signature, authenticatorData, clientData);
  }

  async function submit(transaction: sdk5.SimpleTransaction, senderAuthenticator: sdk5.AccountAuthenticator) {
    const { hash } = await client.aptos.transaction.submit.simple({ transaction, senderAuthenticator });
    return client.done(hash);
  }

  it('lets a passkey sign', async () => {
    const key = sdk.Secp256r1PrivateKey.generate();
    const publicKey = new sdk.AnyPublicKey(key.publicKey());
    const sender = publicKey.authKey().derivedAddress();
    await client.fund(sender);
    const transaction = await build(sender, 7);
    const [simulated] = await client.aptos.transaction.simulate.simple({ signerPublicKey: publicKey, transaction });
    expect(simulated).toMatchObject({ success: true });
    const signature = new sdk.AnySignature(respond(key, transaction));
    const done = await submit(transaction, new sdk.AccountAuthenticatorSingleKey(publicKey, signature));
    expect(done).toMatchObject({
      success: true,
      gas_used: simulated?.gas_used,
      signature: {
        type: 'single_sender',
        public_key: { type: 'secp256r1_ecdsa', value: key.publicKey().toString() },
        signature: { type: 'web_authn' },
      },
    });
    const [other] = [await build(sender, 8)];
    const stolen = new sdk.AccountAuthenticatorSingleKey(publicKey, new sdk.AnySignature(respond(key, transaction)));
    await expect(submit(other, stolen)).rejects.toThrow(/INVALID_SIGNATURE/);
  });

  it('lets a passkey be one of several keys', async () => {
    const [key, ed25519] = [sdk.Secp256r1PrivateKey.generate(), sdk.Account.generate()];
    const publicKeys = [ed25519.publicKey, key.publicKey()];
    const multiKey = new sdk.MultiKey({ publicKeys, signaturesRequired: 2 });
    const sender = multiKey.authKey().derivedAddress();
    await client.fund(sender);
    const transaction = await build(sender, 9);
    const message = sdk.generateSigningMessageForTransaction(transaction);
    const signatures = [new sdk.AnySignature(ed25519.sign(message)), new sdk.AnySignature(respond(key, transaction))];
    const signature = new sdk.MultiKeySignature({ signatures, bitmap: [0, 1] });
    const done = await submit(transaction, new sdk.AccountAuthenticatorMultiKey(multiKey, signature));
    expect(done).toMatchObject({
      success: true,
      signature: { public_keys: [{ type: 'ed25519' }, { type: 'secp256r1_ecdsa' }] },
    });
  });

  it('says by name what accounts it has not', async () => {
    const alice = await client.funded();
    const transaction = await build(alice.accountAddress, 1);
    const abstracted = (authData: Uint8Array, identity?: Uint8Array) =>
      new sdk.AccountAuthenticatorAbstraction('0x1::wallet::check', new Uint8Array(32), authData, identity);
    await expect(submit(transaction, abstracted(new Uint8Array(4)))).rejects.toMatchObject({
      data: { vm_error_code: 26, message: expect.stringContaining('(the local chain has no account abstraction)') },
    });
    const derivable = submit(transaction, abstracted(new Uint8Array(4), new Uint8Array(4)));
    await expect(derivable).rejects.toThrow(/the local chain has no derivable account abstraction/);
  });
});
