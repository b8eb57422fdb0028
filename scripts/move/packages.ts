// The Move packages of this project: where they are, what their Move.toml says, in which order they build.

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { StraitError } from '../../src/base/errors.ts';

export const PROJECT_ROOT = path.resolve(import.meta.dirname, '../..');
export const MOVE_DIR = path.join(PROJECT_ROOT, 'move');
export const FRAMEWORK_DIR = path.join(MOVE_DIR, 'framework');

/** The addresses that sources may name. Every Move.toml writes the ones it uses; they must agree with these. */
export const NAMED_ADDRESSES: Readonly<Record<string, string>> = {
  std: '0x1',
  aptos_std: '0x1',
  aptos_framework: '0x1',
  aptos_fungible_asset: '0xa',
  rooch: '0x57a17',
  channel_app: '0x6368616e6e656c5f617070000000000000000000000000000000000000000001',
  chat: '0xc4a7',
  movecraft: '0x4d6f766543726166740000000000000000000000000000000000000000000001',
  four_in_a_row: '0x666f75725f696e5f615f726f7700000000000000000000000000000000000001',
  editor: '0xed17000000000000000000000000000000000000000000000000000000000001',
};

export class PackageError extends StraitError {
  override readonly name = 'PackageError';
}

export interface MovePackage {
  /** As in Move.toml. */
  readonly name: string;
  readonly dir: string;
  readonly addresses: Readonly<Record<string, string>>;
  /** Directories of the packages that this one needs. */
  readonly dependencies: readonly string[];
}

/** Reads the subset of Move.toml that this project uses: one `key = value` a line. @throws PackageError */
export async function readMovePackage(dir: string): Promise<MovePackage> {
  const file = path.join(dir, 'Move.toml');
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new PackageError(`${file} cannot be read`, { cause });
  });
  let section = '';
  let name = '';
  const addresses: Record<string, string> = {};
  const dependencies: string[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const content = line.trim();
    if (content === '' || content.startsWith('#')) continue;
    const header = /^\[([\w-]+)\]$/.exec(content)?.[1];
    if (header !== undefined) {
      section = header;
      continue;
    }
    const quoted = /^([\w-]+)\s*=\s*"([^"]*)"$/.exec(content);
    const local = /^[\w-]+\s*=\s*\{\s*local\s*=\s*"([^"]+)"\s*\}$/.exec(content)?.[1];
    if (section === 'package' && quoted?.[1] === 'name') name = quoted[2] ?? '';
    else if (section === 'addresses' && quoted?.[1] !== undefined) addresses[quoted[1]] = quoted[2] ?? '';
    else if (section === 'dependencies' && local !== undefined) dependencies.push(path.resolve(dir, local));
    else if (section !== 'package') throw new PackageError(`${file}:${index + 1}: not understood: ${content}`);
  }
  if (name === '') throw new PackageError(`${file} names no package`);
  return { name, dir, addresses, dependencies };
}

/**
 * The packages under `move/`, each after those that it needs; with `names` (of directories), only these and what they need.
 * @throws PackageError for an unknown name, a cycle, or an address that contradicts `NAMED_ADDRESSES`
 */
export async function packagesInOrder(names: readonly string[] = []): Promise<readonly MovePackage[]> {
  const present = (await readdir(MOVE_DIR, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const all = present.map((entry) => entry.name).sort();
  const unknown = names.find((name) => !all.includes(name));
  if (unknown !== undefined) throw new PackageError(`no package move/${unknown}; there are: ${all.join(', ')}`);
  return await withDependencies((names.length > 0 ? names : all).map((name) => path.join(MOVE_DIR, name)));
}

/** The packages in `dirs` and all that they need, each after those that it needs. @throws PackageError */
export async function withDependencies(dirs: readonly string[]): Promise<readonly MovePackage[]> {
  const ordered: MovePackage[] = [];
  const visit = async (dir: string, above: readonly string[]): Promise<void> => {
    if (above.includes(dir)) throw new PackageError(`packages need each other: ${[...above, dir].join(' → ')}`);
    if (ordered.some((known) => known.dir === dir)) return;
    const found = await readMovePackage(dir);
    checkAddresses(found);
    for (const dependency of found.dependencies) await visit(dependency, [...above, dir]);
    ordered.push(found);
  };
  for (const dir of dirs) await visit(dir, []);
  return ordered;
}

function checkAddresses(found: MovePackage): void {
  for (const [name, address] of Object.entries(found.addresses)) {
    const expected = NAMED_ADDRESSES[name];
    if (expected !== undefined && BigInt(expected) !== BigInt(address)) {
      throw new PackageError(`${found.name}: ${name} is ${address} in Move.toml and ${expected} in the project`);
    }
  }
}
