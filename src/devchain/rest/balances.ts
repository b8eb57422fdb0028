// Balances as the framework's own views tell them.

import { decodeBcs } from '../../base/bcs.ts';
import { type Address, addressToBytes } from '../../base/ids.ts';
import { structTag, type TypeTag } from '../../base/type-tag.ts';
import type { FunctionCall } from '../../vm/run.ts';
import { FRAMEWORK } from '../accounts.ts';
import type { Chain } from '../chain.ts';

/** Of a coin, and of the asset that it is paired with: what `0x1::coin` says; 0 if there is no such coin. */
export function coinBalance(chain: Chain, owner: Address, coin: TypeTag, version: number): bigint {
  const call: FunctionCall = {
    module: { address: FRAMEWORK, name: 'coin' },
    function: 'balance',
    typeArgs: [coin],
    args: [addressToBytes(owner)],
  };
  return viewedBalance(chain, call, version);
}

/** Of a fungible asset: what `0x1::primary_fungible_store` says; 0 on a chain without that module. */
export function fungibleBalance(chain: Chain, owner: Address, metadata: Address, version: number): bigint {
  const call: FunctionCall = {
    module: { address: FRAMEWORK, name: 'primary_fungible_store' },
    function: 'balance',
    typeArgs: [structTag(FRAMEWORK, 'fungible_asset', 'Metadata')],
    args: [addressToBytes(owner), addressToBytes(metadata)],
  };
  return viewedBalance(chain, call, version);
}

function viewedBalance(chain: Chain, call: FunctionCall, version: number): bigint {
  if (chain.world.module(FRAMEWORK, call.module.name, version) === undefined) return 0n;
  const [balance] = chain.view(call, version).returns;
  return balance === undefined ? 0n : decodeBcs(balance, 'balance', (reader) => reader.u64('balance'));
}
