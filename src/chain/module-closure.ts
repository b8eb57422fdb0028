// All code that a module can reach: what a channel's VM has to be given before it runs.

import { type Address, shortAddress } from '../base/ids.ts';
import type { ChannelModule } from '../ports/chain.ts';
import { decodeModule } from '../vm/bytecode/decode.ts';
import { ChainError } from './chain-error.ts';

/** The whole Aptos framework has some two hundred. */
const MODULES_MAX = 512;

export interface ModuleName {
  readonly address: Address;
  readonly name: string;
}

/** In order of distance from the roots. `fetch` is called once for each. @throws ChainError */
export async function moduleClosure(
  roots: readonly ModuleName[],
  fetch: (module: ModuleName) => Promise<ChannelModule>,
): Promise<readonly ChannelModule[]> {
  const seen = new Set<string>();
  const modules: ChannelModule[] = [];
  let next = unseen(roots, seen);
  while (next.length > 0) {
    const fetched = await Promise.all(next.map(fetch));
    modules.push(...fetched);
    next = unseen(fetched.flatMap(dependencies), seen);
    if (seen.size > MODULES_MAX)
      throw new ChainError('malformed', `the channel's code spans over ${MODULES_MAX} modules`);
  }
  return modules;
}

function unseen(modules: readonly ModuleName[], seen: Set<string>): ModuleName[] {
  return modules.filter(({ address, name }) => {
    const id = `${address}::${name}`;
    if (seen.has(id)) return false;
    seen.add(id);
    return true;
  });
}

function dependencies(module: ChannelModule): ModuleName[] {
  let decoded: ReturnType<typeof decodeModule>;
  try {
    decoded = decodeModule(module.bytecode);
  } catch (cause) {
    const name = `${shortAddress(module.address)}::${module.name}`;
    throw new ChainError('malformed', `the bytecode of ${name} cannot be read`, { cause });
  }
  return decoded.moduleHandles.flatMap((handle) => {
    const address = decoded.addresses[handle.address];
    const name = decoded.identifiers[handle.name];
    return address !== undefined && name !== undefined ? [{ address, name }] : [];
  });
}
