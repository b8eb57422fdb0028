// The project's own packages on both VMs: the framework's modules and the contracts, called at random over a local chain that has begun.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { packagesInOrder } from '../../../scripts/move/packages.ts';
import { BcsWriter, encodeBcs } from '../../base/bcs.ts';
import type { Bytes } from '../../base/bytes.ts';
import { AssertionError } from '../../base/errors.ts';
import { parseAddress, writeAddress } from '../../base/ids.ts';
import { ACCOUNTS } from './calls.ts';
import { compareModule, type ModuleOutcome } from './compare-module.ts';
import type { Differential } from './differential.ts';

/** Modules that the Rust VM has in a form of its own: what decodes for `code`, for one, aborts in another module. */
const NOT_COMPARABLE: readonly string[] = [
  'code',
  'create_signer',
  'event',
  'object_code_deployment',
  'resource_account',
  'transaction_context',
  'util',
];
const FRAMEWORK = 'Framework';
const CHAIN_ID = 4;
const START_MICROS = 1_000_000_000n;
const FUNDS = 1_000_000_000n;

/** Every module's outcome under its name. The framework must be in place (see `Differential.start`) and the chain not begun. */
export async function comparePackages(
  differential: Differential,
  seed: string,
  rounds: number,
): Promise<ReadonlyMap<string, ModuleOutcome>> {
  await beginChain(differential);
  const outcomes = new Map<string, ModuleOutcome>();
  for (const { name: packageName, dir } of await packagesInOrder()) {
    const modules = await readModules(path.join(dir, 'bytecode'));
    if (packageName !== FRAMEWORK) await differential.publish(modules.values());
    for (const [name, bytecode] of modules) {
      if (packageName === FRAMEWORK && NOT_COMPARABLE.includes(name)) continue;
      outcomes.set(name, await compareModule(differential, bytecode, `${seed} ${name}`, rounds));
    }
  }
  return outcomes;
}

/** Genesis, a first block, and money for everyone. */
async function beginChain(differential: Differential): Promise<void> {
  const [proposer] = ACCOUNTS;
  if (proposer === undefined) throw new AssertionError('no account');
  await mustAgree(differential, 'genesis', 'initialize', '0x1', [Uint8Array.of(CHAIN_ID)]);
  const start = new BcsWriter().u64(START_MICROS).finish();
  const by = encodeBcs((writer) => writeAddress(writer, proposer));
  await mustAgree(differential, 'timestamp', 'update_global_time', '0x0', [by, start]);
  for (const account of ACCOUNTS) {
    const to = encodeBcs((writer) => writeAddress(writer, account));
    const amount = new BcsWriter().u64(FUNDS).finish();
    await mustAgree(differential, 'genesis', 'fund', '0xa550c18', [to, amount]);
  }
}

async function mustAgree(
  differential: Differential,
  module: string,
  name: string,
  sender: string,
  args: readonly Bytes[],
): Promise<void> {
  const comparison = await differential.compare({
    call: { module: { address: parseAddress('0x1'), name: module }, function: name, typeArgs: [], args },
    senders: [parseAddress(sender)],
    gasLimit: 10_000_000n,
    transactionHash: new Uint8Array(32),
    access: 'any',
  });
  if (comparison.kind !== 'same' || comparison.status.kind !== 'executed') {
    throw new AssertionError(
      `${module}::${name}: ${JSON.stringify(comparison, (_, v) => (typeof v === 'bigint' ? `${v}` : v))}`,
    );
  }
}

async function readModules(dir: string): Promise<Map<string, Bytes>> {
  const manifest = JSON.parse(await readFile(path.join(dir, 'manifest.json'), 'utf8')) as {
    readonly modules: readonly { readonly name: string }[];
  };
  const modules = new Map<string, Bytes>();
  for (const { name } of manifest.modules) {
    modules.set(name, new Uint8Array(await readFile(path.join(dir, `${name}.mv`))));
  }
  return modules;
}
