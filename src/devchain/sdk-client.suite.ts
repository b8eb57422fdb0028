// ts-sdk as a test's client of a running chain: funded accounts, transactions sent and waited for.

import type * as sdk5 from '@aptos-labs/ts-sdk';
import type { Bytes } from '../base/bytes.ts';
import { encodePackageMetadata } from './publish.ts';
import type { Devchain } from './server.ts';

export const APT = 100_000_000;

/** The versions that users bring declare the same API; one set of types serves all. */
export type Sdk = typeof sdk5;
export type CallArguments = (sdk5.EntryFunctionArgumentTypes | sdk5.SimpleEntryFunctionArgumentTypes)[];

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

  /** An Ed25519 account with 10 APT, or so many octas. */
  async funded(octas = 10 * APT): Promise<sdk5.Ed25519Account> {
    const account = this.sdk.Account.generate();
    await this.fund(account.accountAddress, octas);
    return account;
  }

  async fund(accountAddress: sdk5.AccountAddress, amount = 10 * APT): Promise<void> {
    await this.aptos.fundAccount({ accountAddress, amount });
  }

  /** Of APT, in octas. */
  balance({ accountAddress }: { accountAddress: sdk5.AccountAddress }): Promise<number> {
    return this.aptos.getAccountAPTAmount({ accountAddress });
  }

  /** Calls what must succeed. */
  async call(signer: sdk5.Account, name: string, functionArguments: CallArguments, typeArguments: string[] = []) {
    const data = { function: name as sdk5.MoveFunctionId, functionArguments, typeArguments };
    return succeeded(await this.send(signer, data));
  }

  /** Signs, submits and waits; failures too come back. */
  async send(signer: sdk5.Account, data: sdk5.InputGenerateTransactionPayloadData, options = {}) {
    const sender = signer.accountAddress;
    return this.finish(signer, await this.aptos.transaction.build.simple({ sender, data, options }));
  }

  /** The same with a transaction that is built. */
  async finish(signer: sdk5.Account, transaction: sdk5.SimpleTransaction) {
    const { hash } = await this.aptos.signAndSubmitTransaction({ signer, transaction });
    return this.done(hash);
  }

  /** The same with one that must succeed. */
  async run(signer: sdk5.Account, transaction: sdk5.SimpleTransaction) {
    return succeeded(await this.finish(signer, transaction));
  }

  /** Publishes a package of one module, which has its name. */
  async publish(publisher: sdk5.Account, name: string, code: Bytes) {
    const transaction = await this.aptos.publishPackageTransaction({
      account: publisher.accountAddress,
      metadataBytes: encodePackageMetadata(name, [name]),
      moduleBytecode: [code],
    });
    return this.run(publisher, transaction);
  }

  async done(transactionHash: string): Promise<sdk5.UserTransactionResponse> {
    const done = await this.aptos.waitForTransaction({ transactionHash, options: { checkSuccess: false } });
    return done as sdk5.UserTransactionResponse;
  }
}

function succeeded(done: sdk5.UserTransactionResponse): sdk5.UserTransactionResponse {
  if (!done.success) throw new Error(done.vm_status);
  return done;
}
