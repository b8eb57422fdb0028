// The project's applications as the lifecycle tests meet them: their entry points on the chain, with arguments for a small session.

import { encodeBcs } from '../base/bcs.ts';
import { parseAddress } from '../base/ids.ts';
import { structTag } from '../base/type-tag.ts';
import { type SessionApplication, STAKE } from './lifecycle.ts';
import { address, u64 } from './lifecycle-chain.ts';

const CHAT = parseAddress('0xc4a7');
const EDITOR = parseAddress('0xed17000000000000000000000000000000000000000000000000000000000001');
const MOVECRAFT = parseAddress('0x4d6f766543726166740000000000000000000000000000000000000000000001');

const text = (value: string) => encodeBcs((w) => w.string(value));

export const chatSession: SessionApplication = {
  address: CHAT,
  module: 'chat',
  names: {
    createAndJoin: 'chat_session_create_and_join',
    join: 'chat_session_join',
    joinWithDeposit: 'chat_session_join_with_shared_stake',
    leave: 'chat_session_leave',
    close: 'chat_session_close',
    settle: 'chat_group_settlement',
    settleSigned: 'chat_group_settlement_signed',
    proveWrong: 'chat_prove_wrong',
  },
  createArgs: [address(CHAT), text('Harbour'), u64(STAKE), u64(0n), text('')],
  joinArgs: [address(CHAT)],
  state: structTag(CHAT, 'chat', 'ChatGroup'),
  call: { function: 'post_message', args: [text('hello')], abortCode: 0x30001n },
};

export const editorSession: SessionApplication = {
  address: EDITOR,
  module: 'editor',
  names: {
    createAndJoin: 'document_editor_create_and_join',
    join: 'document_editor_join',
    joinWithDeposit: 'document_editor_join_with_shared_stake',
    leave: 'document_editor_leave',
    close: 'document_editor_close',
    settle: 'document_settlement',
    settleSigned: 'document_settlement_signed',
    proveWrong: 'document_prove_wrong',
  },
  createArgs: [address(EDITOR), text('Letters'), u64(STAKE), u64(0n), text('')],
  joinArgs: [],
  state: structTag(EDITOR, 'editor', 'Document'),
  call: { function: 'set_title', args: [text('Letters')], abortCode: 0x30001n },
};

/** A land of one chunk. */
export const landSession: SessionApplication = {
  address: MOVECRAFT,
  module: 'world',
  names: {
    createAndJoin: 'land_session_create_and_join',
    join: 'land_session_join',
    joinWithDeposit: 'land_session_join_with_shared_stake',
    leave: 'land_session_leave',
    close: 'land_session_close',
    settle: 'land_settlement',
    settleSigned: 'land_settlement_signed',
    proveWrong: 'land_prove_wrong',
  },
  createArgs: [
    address(MOVECRAFT),
    u64(7n),
    u64(1n),
    encodeBcs((w) => w.uleb128(1).u64(STAKE)),
    u64(0n),
    u64(0n),
    text(''),
  ],
  joinArgs: [address(MOVECRAFT)],
  state: structTag(MOVECRAFT, 'land', 'Land'),
  call: { function: 'enter', args: [], abortCode: 0x30001n },
};
