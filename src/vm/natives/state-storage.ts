// 0x1::state_storage: how much the whole state holds. A view of state does not tell, which ends a run as on Aptos where its storage does not.

import { host, type NativeModule } from './native.ts';

export const STATE_STORAGE: NativeModule = {
  get_state_storage_usage_only_at_epoch_beginning: host(
    (gas) => gas.natives.stateStorage.getUsage,
    (native) => () => native.fail('VM_EXTENSION_ERROR', 'the view does not tell how much state there is'),
  ),
};
