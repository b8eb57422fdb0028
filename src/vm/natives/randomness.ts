// 0x1::randomness: numbers the draws of a run. Whether a run may draw at all, whoever starts it says (`TransactionContext.isUnbiasable`).

import { BcsWriter } from '../../base/bcs.ts';
import { host, type NativeHost, type NativeModule, perRun } from './native.ts';

const E_API_USE_SUSCEPTIBLE_TO_TEST_AND_ABORT = 1n;

const draws = perRun(() => ({ count: 0n }));

export const RANDOMNESS: NativeModule = {
  /** Eight bytes, lowest first. */
  fetch_and_increment_txn_counter: host(
    (gas) => gas.natives.randomness.fetchCounter,
    (native) => (result: number) => {
      if (!isUnbiasable(native)) native.abort(E_API_USE_SUSCEPTIBLE_TO_TEST_AND_ABORT);
      native.writeVector(result, new BcsWriter().u64(draws(native).count++).finish());
    },
  ),
  is_unbiasable: host(
    () => 0,
    (native) => () => (isUnbiasable(native) ? 1 : 0),
  ),
};

function isUnbiasable({ run }: NativeHost): boolean {
  return run.request.transaction?.isUnbiasable ?? false;
}
