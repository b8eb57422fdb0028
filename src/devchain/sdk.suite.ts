// What the tests with ts-sdk share: the versions that users bring, and a client of a running chain.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as sdk5 from '@aptos-labs/ts-sdk';
import * as sdk6 from 'aptos-ts-sdk-6';
import type { Devchain } from './server.ts';

export const APT = 100_000_000;

/** The two versions declare the same API; one set of types serves both. */
export type Sdk = typeof sdk5;
export const SDK_VERSIONS: readonly (readonly [version: string, sdk: Sdk])[] = [
  ['5', sdk5],
  ['6', sdk6 as unknown as Sdk],
];

export class SdkClient {
  readonly sdk: Sdk;
  readonly aptos: sdk5.Aptos;

  constructor(sdk: Sdk, devchain: Devchain) {
    this.sdk = sdk;
    this.aptos = new sdk.Aptos(
      new sdk.AptosConfig({
        network: sdk.Network.LOCAL,
        fullnode: devchain.nodeUrl,
        faucet: devchain.faucetUrl,
        indexer: devchain.indexerUrl,
      }),
    );
  }

  /** An Ed25519 account with 10 APT. */
  async funded(): Promise<sdk5.Ed25519Account> {
    const account = this.sdk.Account.generate();
    await this.fund(account.accountAddress);
    return account;
  }

  async fund(accountAddress: sdk5.AccountAddress, amount = 10 * APT): Promise<void> {
    await this.aptos.fundAccount({ accountAddress, amount });
  }

  /** Of APT, in octas. */
  balance({ accountAddress }: { accountAddress: sdk5.AccountAddress }): Promise<number> {
    return this.aptos.getAccountAPTAmount({ accountAddress });
  }

  /** Signs, submits and waits; failures too come back. */
  async send(signer: sdk5.Account, data: sdk5.InputGenerateTransactionPayloadData, options = {}) {
    const sender = signer.accountAddress;
    const transaction = await this.aptos.transaction.build.simple({ sender, data, options });
    const { hash } = await this.aptos.signAndSubmitTransaction({ signer, transaction });
    return this.done(hash);
  }

  async done(transactionHash: string): Promise<sdk5.UserTransactionResponse> {
    const done = await this.aptos.waitForTransaction({ transactionHash, options: { checkSuccess: false } });
    return done as sdk5.UserTransactionResponse;
  }
}

/** A script of `fixtures/scripts`. */
export function scriptCode(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(import.meta.dirname, 'fixtures', 'scripts', `${name}.mv`)));
}
