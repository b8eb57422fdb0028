// Pass 7: a module's friends are other modules of its own account.

import { at } from '../bytecode/access.ts';
import type { CompiledModule } from '../bytecode/module.ts';
import { refuse } from './error.ts';

/** @throws VerificationError */
export function checkFriends(module: CompiledModule): void {
  const self = at(module.moduleHandles, module.self);
  // Names and addresses stand once, so equal indices are equal modules.
  const own = module.friends.findIndex((friend) => friend.address === self.address && friend.name === self.name);
  if (own >= 0) {
    refuse(module, 'INVALID_FRIEND_DECL_WITH_SELF', 'its own friend', { table: 'friends', index: own });
  }
  const foreign = module.friends.findIndex((friend) => friend.address !== self.address);
  if (foreign >= 0) {
    const status = 'INVALID_FRIEND_DECL_WITH_MODULES_OUTSIDE_ACCOUNT_ADDRESS';
    refuse(module, status, 'a friend of another account', { table: 'friends', index: foreign });
  }
}
