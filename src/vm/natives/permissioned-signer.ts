// 0x1::permissioned_signer: Aptos gave permissioned signers up and switched them off, and its natives with them.

import { host, type NativeModule } from './native.ts';

const EPERMISSION_SIGNER_DISABLED = 9n;

const disabled = host(
  () => 0,
  (native) => () => native.abort(EPERMISSION_SIGNER_DISABLED),
);

export const PERMISSIONED_SIGNER: NativeModule = {
  is_permissioned_signer_impl: disabled,
  permission_address: disabled,
  signer_from_permissioned_handle_impl: disabled,
};
