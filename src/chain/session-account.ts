// The session account's transactions, one after the other: builds, signs, submits and waits. It alone uses the account, so it counts the
// sequence numbers itself and asks the chain only when it may have lost count.

import type { Aptos, Ed25519Account, TransactionPayload } from '@aptos-labs/ts-sdk';
import type { Bytes } from '../base/bytes.ts';
import { asChainError, isSequenceNumberStale, refusal } from './aptos-errors.ts';
import { ChainError } from './chain-error.ts';

type Sdk = typeof import('@aptos-labs/ts-sdk');

/** Short, so that a transaction whose fate is not known cannot surprise a later one. */
const EXPIRES_S = 30;
/** A gas price is good for a while. */
const GAS_PRICE_AGE_MS_MAX = 60_000;

export class SessionAccount {
  readonly #sdk: Sdk;
  readonly #aptos: Aptos;
  readonly #account: Ed25519Account;
  readonly #chainId: number;
  #sequence: bigint | undefined;
  #gasPrice: { readonly octas: number; readonly atMs: number } | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(sdk: Sdk, aptos: Aptos, chainId: number, seed: Bytes) {
    this.#sdk = sdk;
    this.#aptos = aptos;
    this.#chainId = chainId;
    this.#account = new sdk.Ed25519Account({ privateKey: new sdk.Ed25519PrivateKey(seed, false) });
  }

  /** In octas; 0 if the account does not exist yet. @throws ChainError */
  async balance(): Promise<bigint> {
    try {
      const amount = await this.#aptos.getAccountAPTAmount({ accountAddress: this.#account.accountAddress });
      return BigInt(amount);
    } catch (cause) {
      const error = asChainError(cause, 'reading the session balance');
      if (error.kind === 'not-found') return 0n;
      throw error;
    }
  }

  /** Resolves when the chain has executed it. @throws ChainError */
  run(what: string, payload: TransactionPayload, gasMax: number): Promise<void> {
    const run = this.#last.then(() => this.#submit(what, payload, gasMax));
    this.#last = run.catch(() => {});
    return run;
  }

  async #submit(what: string, payload: TransactionPayload, gasMax: number): Promise<void> {
    try {
      let hash: string;
      try {
        hash = await this.#send(payload, gasMax);
      } catch (cause) {
        this.#sequence = undefined;
        if (!isSequenceNumberStale(cause)) throw cause;
        // Somebody else (this node before a restart) has used the number meanwhile; with a fresh one it must pass.
        hash = await this.#send(payload, gasMax);
      }
      const result = await this.#aptos.waitForTransaction({
        transactionHash: hash,
        options: { checkSuccess: false, timeoutSecs: EXPIRES_S },
      });
      if (!result.success) throw refusal(result.vm_status, what);
    } catch (cause) {
      const error = asChainError(cause, what);
      if (error.kind !== 'refused') this.#sequence = undefined;
      throw error;
    }
  }

  async #send(payload: TransactionPayload, gasMax: number): Promise<string> {
    const sdk = this.#sdk;
    const sender = this.#account.accountAddress;
    if (this.#sequence === undefined) {
      const { sequence_number } = await this.#aptos.getAccountInfo({ accountAddress: sender });
      this.#sequence = BigInt(sequence_number);
    }
    const gasPrice = await this.#gasUnitPrice();
    const affordable = (await this.balance()) / BigInt(gasPrice);
    if (affordable === 0n) throw new ChainError('out-of-gas-money', 'the session account has no coins left');
    const raw = new sdk.RawTransaction(
      sender,
      this.#sequence,
      payload,
      BigInt(gasMax) < affordable ? BigInt(gasMax) : affordable,
      BigInt(gasPrice),
      BigInt(Math.floor(Date.now() / 1000) + EXPIRES_S),
      new sdk.ChainId(this.#chainId),
    );
    const transaction = new sdk.SimpleTransaction(raw);
    const pending = await this.#aptos.transaction.submit.simple({
      transaction,
      senderAuthenticator: this.#account.signTransactionWithAuthenticator(transaction),
    });
    this.#sequence += 1n;
    return pending.hash;
  }

  async #gasUnitPrice(): Promise<number> {
    const nowMs = Date.now();
    if (!this.#gasPrice || nowMs - this.#gasPrice.atMs > GAS_PRICE_AGE_MS_MAX) {
      const { gas_estimate } = await this.#aptos.getGasPriceEstimation();
      this.#gasPrice = { octas: Math.max(1, gas_estimate), atMs: nowMs };
    }
    return this.#gasPrice.octas;
  }
}
