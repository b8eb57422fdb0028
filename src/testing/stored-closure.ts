// A module whose `put` stores the function value `less(100, _)`, and whose `use` calls what is stored: code that `use` does not reach by itself.

import type { Bytes } from '../base/bytes.ts';
import type { RunRequest } from '../vm/run.ts';
import {
  assembled,
  CLOSURE_VERSION,
  COPY_DROP_STORE,
  callClosure,
  copyLoc,
  fn,
  ldU64,
  leaf,
  moveLoc,
  packClosure,
  reference,
  ret,
  U64,
} from './closure-programs.ts';
import { DRAFT_ADDRESS, ModuleDraft } from './module-draft.ts';

const KEY = 8;
const unary = fn([U64], [U64], COPY_DROP_STORE);

/** `put(&signer)`, `use(address, u64): u64`, `less(u64, u64): u64`. */
export function storedClosureModule(): Bytes[] {
  const draft = new ModuleDraft('m', CLOSURE_VERSION);
  const box = draft.struct('Box', { abilities: KEY, fields: [['f', unary]] });
  const field = draft.fieldHandles.push({ owner: box, field: 0 }) - 1;
  const less = draft.function('less', {
    visibility: 'public',
    attributes: [{ kind: 'persistent' }],
    parameters: [U64, U64],
    returns: [U64],
    code: [moveLoc(0), moveLoc(1), { op: 'sub' }, ret],
  });
  draft.function('put', {
    parameters: [reference(leaf('signer'))],
    code: [moveLoc(0), ldU64(100), packClosure(less, 1), { op: 'pack', index: box }, { op: 'moveTo', index: box }, ret],
  });
  draft.function('use', {
    parameters: [leaf('address'), U64],
    returns: [U64],
    acquires: [box],
    code: [
      copyLoc(1),
      copyLoc(0),
      { op: 'immBorrowGlobal', index: box },
      { op: 'immBorrowField', index: field },
      { op: 'readRef' },
      callClosure(draft.signature([unary])),
      ret,
    ],
  });
  return assembled(draft);
}

export function storedClosureCall(
  name: string,
  args: readonly Bytes[],
  senders: RunRequest['senders'] = [],
  gasLimit = 1000n,
): RunRequest {
  const call = { module: { address: DRAFT_ADDRESS, name: 'm' }, function: name, typeArgs: [], args };
  return { call, senders, gasLimit, transactionHash: new Uint8Array(32), access: 'any' };
}
