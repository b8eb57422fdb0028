// What an application's code runs among in the channel of the Move tests: which channel that is, and the checked-in bytecode that it can reach.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Address, type ChannelId, parseAddress } from '../base/ids.ts';
import type { ChannelScope } from '../channel/scope.ts';
import type { ChannelModule } from '../ports/chain.ts';

const MOVE = path.resolve(import.meta.dirname, '../../move');
const FRAMEWORK = parseAddress('0x1');
const CONTRACT = parseAddress('0x57a17');
const CHANNEL_APP = parseAddress('0x6368616e6e656c5f617070000000000000000000000000000000000000000001');

/** Where the Move tests are: channel 1 of chain 4. */
export const SCOPE: ChannelScope = { chainId: 4, contract: CONTRACT, channelId: 1n as ChannelId };

/** All bytecode that the package can reach, and some more. `name` is that of its folder under move/. */
export function applicationModules(name: string, address: Address): ChannelModule[] {
  return [
    ...packageModules('framework', FRAMEWORK),
    ...packageModules('state_channel', CONTRACT),
    ...packageModules('channel_app', CHANNEL_APP),
    ...packageModules(name, address),
  ];
}

function packageModules(name: string, address: Address): ChannelModule[] {
  const folder = path.join(MOVE, name, 'bytecode');
  return readdirSync(folder)
    .filter((file) => file.endsWith('.mv'))
    .map((file) => ({
      address,
      name: file.slice(0, -3),
      bytecode: new Uint8Array(readFileSync(path.join(folder, file))),
    }));
}
