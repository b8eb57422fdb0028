// A wallet for the local chain that follows AIP-62 and registers itself as an extension would, so that the page meets it through the
// same adapter as any other wallet. It funds its accounts from the faucet. Never registered on another network.

import {
  type AccountAuthenticator,
  type AnyRawTransaction,
  Aptos,
  AptosConfig,
  type Ed25519Account,
  type InputGenerateTransactionPayloadData,
  Network,
} from '@aptos-labs/ts-sdk';
import {
  AccountInfo,
  type AptosFeatures,
  type AptosSignAndSubmitTransactionInput,
  type AptosSignMessageInput,
  type AptosSignMessageOutput,
  type AptosWallet,
  type AptosWalletAccount,
  type NetworkInfo,
  type UserResponse,
  UserResponseStatus,
} from '@aptos-labs/wallet-standard';
import { registerWallet } from '@wallet-standard/core';
import { toHex } from '../../base/bytes.ts';
import { listAccounts, releaseAccount, tabAccount, takeAccount } from './accounts.ts';
import { askApproval } from './approval.ts';
import { DEV_WALLET_NAME } from './name.ts';

/** Under this balance an account is filled up from the faucet when it connects; 100 APT in octas. */
const BALANCE_MIN = 10_000_000_000;
/** Longer arguments are cut where they are shown. */
const ARGUMENT_LENGTH_MAX = 120;
/** Chain id that the SDK and wallets take for the network `local`. */
const LOCAL_CHAIN_ID = 4;

const ICON =
  'data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHZpZXdCb3g9IjAgMCAzMiAzMiI+PHJlY3Qgd2lkdGg9IjMyIiBoZWlnaHQ9IjMyIiByeD0iOCIgZmlsbD0iIzVhM2ZkNiIvPjxwYXRoIGQ9Ik04IDEyaDE2djEwSDh6IiBmaWxsPSIjZmZmIi8+PGNpcmNsZSBjeD0iMjAiIGN5PSIxNyIgcj0iMiIgZmlsbD0iIzVhM2ZkNiIvPjwvc3ZnPg==';

export interface DevWalletOptions {
  readonly chainUrl: string;
  readonly faucetUrl: string;
}

export function registerDevWallet(options: DevWalletOptions): void {
  registerWallet(new DevWallet(options));
}

function approved<T>(args: T): UserResponse<T> {
  return { status: UserResponseStatus.APPROVED, args };
}

const REJECTED = { status: UserResponseStatus.REJECTED } as const;

class DevWallet implements AptosWallet {
  readonly version = '1.0.0';
  readonly name = DEV_WALLET_NAME;
  readonly url = 'about:blank';
  readonly icon = ICON;
  readonly chains = ['aptos:local'] as unknown as AptosWallet['chains'];
  accounts: readonly AptosWalletAccount[] = [];

  readonly #aptos: Aptos;
  readonly #network: NetworkInfo;
  #account: Ed25519Account | undefined;

  constructor(options: DevWalletOptions) {
    this.#aptos = new Aptos(
      new AptosConfig({ network: Network.LOCAL, fullnode: options.chainUrl, faucet: options.faucetUrl }),
    );
    this.#network = { name: Network.LOCAL, chainId: LOCAL_CHAIN_ID, url: options.chainUrl };
  }

  get features(): AptosFeatures {
    return {
      'aptos:connect': { version: '1.0.0', connect: (silent) => this.#connect(silent === true) },
      'aptos:disconnect': { version: '1.0.0', disconnect: async () => this.#disconnect() },
      'aptos:account': { version: '1.0.0', account: async () => this.#info() },
      'aptos:network': { version: '1.0.0', network: async () => this.#network },
      'aptos:onAccountChange': { version: '1.0.0', onAccountChange: async () => {} },
      'aptos:onNetworkChange': { version: '1.0.0', onNetworkChange: async () => {} },
      'aptos:signMessage': { version: '1.0.0', signMessage: (input) => this.#signMessage(input) },
      'aptos:signTransaction': {
        version: '1.0.0',
        signTransaction: (transaction) => this.#signTransaction(transaction),
      },
      'aptos:signAndSubmitTransaction': {
        version: '1.1.0',
        signAndSubmitTransaction: (input) => this.#signAndSubmit(input),
      },
    };
  }

  async #connect(silent: boolean): Promise<UserResponse<AccountInfo>> {
    this.#account = tabAccount();
    if (this.#account === undefined) {
      if (silent) return REJECTED;
      const accounts = await listAccounts();
      const free = accounts.find((candidate) => !candidate.inUse);
      const choices = [...(free ? [free] : []), ...accounts.filter((candidate) => candidate !== free)].map(
        ({ index, account, inUse }) => ({
          value: String(index),
          label: `Account ${index + 1} · ${account.accountAddress.toString().slice(0, 10)}…${inUse ? ' (in another tab)' : ''}`,
        }),
      );
      const fresh = { value: '', label: 'New account' };
      const choice = await askApproval({
        title: 'Connect this site?',
        facts: [['Site', location.host]],
        approve: 'Connect',
        choices: free ? [...choices, fresh] : [fresh, ...choices],
      });
      if (choice === undefined) return REJECTED;
      this.#account = await takeAccount(choice === '' ? accounts.length : Number(choice));
    }
    await this.#fund(this.#account);
    return approved(this.#info());
  }

  #disconnect(): void {
    this.#account = undefined;
    releaseAccount();
  }

  #info(): AccountInfo {
    const account = this.#connected();
    return new AccountInfo({ address: account.accountAddress, publicKey: account.publicKey });
  }

  async #signAndSubmit(input: AptosSignAndSubmitTransactionInput): Promise<UserResponse<{ hash: string }>> {
    const signer = this.#connected();
    const transaction = await this.#aptos.transaction.build.simple({
      sender: signer.accountAddress,
      data: input.payload,
      options: {
        ...(input.maxGasAmount !== undefined && { maxGasAmount: input.maxGasAmount }),
        ...(input.gasUnitPrice !== undefined && { gasUnitPrice: input.gasUnitPrice }),
      },
    });
    if (
      (await askApproval({ title: 'Sign and send?', facts: describePayload(input.payload), approve: 'Approve' })) ===
      undefined
    ) {
      return REJECTED;
    }
    const { hash } = await this.#aptos.signAndSubmitTransaction({ signer, transaction });
    return approved({ hash });
  }

  async #signTransaction(transaction: AnyRawTransaction): Promise<UserResponse<AccountAuthenticator>> {
    const signer = this.#connected();
    const facts = [['Sender', transaction.rawTransaction.sender.toString()]] as const;
    if ((await askApproval({ title: 'Sign this transaction?', facts, approve: 'Sign' })) === undefined) return REJECTED;
    return approved(this.#aptos.transaction.sign({ signer, transaction }));
  }

  async #signMessage(input: AptosSignMessageInput): Promise<UserResponse<AptosSignMessageOutput>> {
    const signer = this.#connected();
    const lines = [
      'APTOS',
      ...(input.address ? [`address: ${signer.accountAddress}`] : []),
      ...(input.application ? [`application: ${location.origin}`] : []),
      ...(input.chainId ? [`chainId: ${LOCAL_CHAIN_ID}`] : []),
      `message: ${input.message}`,
      `nonce: ${input.nonce}`,
    ];
    if (
      (await askApproval({ title: 'Sign this message?', facts: [['Message', input.message]], approve: 'Sign' })) ===
      undefined
    ) {
      return REJECTED;
    }
    const fullMessage = lines.join('\n');
    return approved({
      ...(input.address && { address: signer.accountAddress.toString() }),
      ...(input.application && { application: location.origin }),
      ...(input.chainId && { chainId: LOCAL_CHAIN_ID }),
      fullMessage,
      message: input.message,
      nonce: input.nonce,
      prefix: 'APTOS',
      signature: signer.sign(new TextEncoder().encode(fullMessage)),
    });
  }

  /** Without chain or faucet the account is connected all the same: the page tells of the chain, and of money when it lacks. */
  async #fund({ accountAddress }: Ed25519Account): Promise<void> {
    try {
      const balance = await this.#aptos.getAccountAPTAmount({ accountAddress }).catch(() => 0);
      if (balance < BALANCE_MIN) await this.#aptos.fundAccount({ accountAddress, amount: BALANCE_MIN });
    } catch (error) {
      console.warn('The development wallet could not fund its account.', error);
    }
  }

  #connected(): Ed25519Account {
    if (this.#account === undefined) throw new Error('The development wallet is not connected.');
    return this.#account;
  }
}

function describePayload(payload: InputGenerateTransactionPayloadData): (readonly [string, string])[] {
  if (!('function' in payload)) return [['Payload', 'a script']];
  return [
    ['Function', shorten(payload.function)],
    ...payload.functionArguments.map((arg, index) => [`Argument ${index + 1}`, describeArgument(arg)] as const),
  ];
}

function describeArgument(arg: unknown): string {
  const text = arg instanceof Uint8Array ? `0x${toHex(arg)}` : shorten(String(arg));
  return text.length > ARGUMENT_LENGTH_MAX ? `${text.slice(0, ARGUMENT_LENGTH_MAX)}…` : text;
}

/** Addresses without their leading zeros. */
function shorten(text: string): string {
  return text.replace(/0x0+(?=[0-9a-f])/g, '0x');
}
