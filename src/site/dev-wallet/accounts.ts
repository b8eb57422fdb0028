// The development wallet's accounts: Ed25519 keys kept in this browser for the local chain only. Each tab holds one account, so that two
// tabs of one browser are two people.

import { Account, type Ed25519Account, Ed25519PrivateKey } from '@aptos-labs/ts-sdk';

const KEYS = 'strait.dev-wallet.keys';
const TAB_ACCOUNT = 'strait.dev-wallet.account';
/** As many as a person could tell apart in one browser. */
const ACCOUNTS_MAX = 16;

export interface DevAccount {
  readonly index: number;
  readonly account: Ed25519Account;
  /** Another tab holds it. */
  readonly inUse: boolean;
}

export async function listAccounts(): Promise<DevAccount[]> {
  const used = await heldElsewhere();
  return storedKeys().map((key, index) => ({ index, account: accountOf(key), inUse: used.has(index) }));
}

/** The account this tab had before a reload. */
export function tabAccount(): Ed25519Account | undefined {
  const index = sessionStorage.getItem(TAB_ACCOUNT);
  const key = index === null ? undefined : storedKeys()[Number(index)];
  if (key === undefined) return undefined;
  hold(Number(index));
  return accountOf(key);
}

/** Gives this tab the account at `index`, or the first that no other tab holds, or a new one. */
export async function takeAccount(index?: number): Promise<Ed25519Account> {
  const accounts = await listAccounts();
  const chosen = index ?? accounts.find((candidate) => !candidate.inUse)?.index ?? accounts.length;
  const account = accounts[chosen]?.account ?? addAccount(accounts.length);
  sessionStorage.setItem(TAB_ACCOUNT, String(Math.min(chosen, accounts.length)));
  hold(Math.min(chosen, accounts.length));
  return account;
}

export function releaseAccount(): void {
  sessionStorage.removeItem(TAB_ACCOUNT);
  release?.();
}

function addAccount(count: number): Ed25519Account {
  if (count >= ACCOUNTS_MAX) throw new Error(`The development wallet holds at most ${ACCOUNTS_MAX} accounts.`);
  const account = Account.generate();
  localStorage.setItem(KEYS, JSON.stringify([...storedKeys(), account.privateKey.toHexString()]));
  return account;
}

function storedKeys(): string[] {
  try {
    const keys: unknown = JSON.parse(localStorage.getItem(KEYS) ?? '[]');
    return Array.isArray(keys) ? keys.filter((key) => typeof key === 'string' && /^0x[0-9a-f]{64}$/.test(key)) : [];
  } catch {
    return [];
  }
}

function accountOf(key: string): Ed25519Account {
  return Account.fromPrivateKey({ privateKey: new Ed25519PrivateKey(key) });
}

let release: (() => void) | undefined;

/** Holds a lock as long as the tab lives, which tells other tabs that the account is taken. */
function hold(index: number): void {
  release?.();
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  void navigator.locks?.request(lockName(index), { ifAvailable: true }, () => held);
}

async function heldElsewhere(): Promise<Set<number>> {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  const own = sessionStorage.getItem(TAB_ACCOUNT);
  return new Set(
    held.flatMap(({ name }) => {
      const index = name?.startsWith(lockName('')) ? Number(name.slice(lockName('').length)) : Number.NaN;
      return Number.isInteger(index) && String(index) !== own ? [index] : [];
    }),
  );
}

function lockName(index: number | ''): string {
  return `strait.dev-wallet.account.${index}`;
}
