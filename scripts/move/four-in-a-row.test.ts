// The tutorial's game on the way that docs/tutorial.md goes: published, lent to a channel, played as nodes play it, settled with signatures, a cheat proved,
// closed; and the same by the SDK, between two nodes. The tutorial shows parts of this file.

import path from 'node:path';
import { Account, Aptos, AptosConfig, Network, type SimpleEntryFunctionArgumentTypes } from '@aptos-labs/ts-sdk';
import { ed25519 } from '@noble/curves/ed25519.js';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { BcsReader, encodeBcs } from '../../src/base/bcs.ts';
import type { Bytes } from '../../src/base/bytes.ts';
import { sha3_256 } from '../../src/base/hash.ts';
import type { ChannelId, Height, Term } from '../../src/base/ids.ts';
import { parseStructTag } from '../../src/base/type-tag.ts';
import { encodeSettlementData } from '../../src/chain/settlement-data.ts';
import { type ChannelScope, signingMessage } from '../../src/channel/scope.ts';
import type { Settlement } from '../../src/channel/update.ts';
import { DEFAULT_GENESIS_PACKAGES } from '../../src/devchain/genesis.ts';
import { type Devchain, startDevchain } from '../../src/devchain/server.ts';
import { World } from '../../src/node/fixtures/world.ts';
import { complaintEvidence, NOTHING_DONE } from '../../src/testing/complaint.ts';
import { BoardView, type GameJson } from '../../src/testing/FourInARowPage.tsx';
import { FOUR_IN_A_ROW, FourInARow, GAME, GAME_TYPE, NEW_GAME, readGame } from '../../src/testing/four-in-a-row.ts';
import {
  address,
  addresses,
  byteStrings,
  bytes,
  CONTRACT,
  LifecycleChain,
  type Person,
  u64,
} from '../../src/testing/lifecycle-chain.ts';
import { applicationModules } from '../../src/testing/package-modules.ts';
import { MOVE_DIR } from './packages.ts';

const STAKE = 1_000n;
const SESSION_GAS = 10n;
/** Nodes in one thread: what takes them a second at most. */
const SLOW_MS = 20_000;

describe('four in a row on the local chain', { timeout: SLOW_MS }, () => {
  const clock = { micros: 1_900_000_000_000_000n };
  let devchain: Devchain;
  let world: LifecycleChain;
  let [alice, bob, carol]: Person[] = [];
  let channelId: ChannelId;

  beforeAll(async () => {
    const genesisPackages = [...DEFAULT_GENESIS_PACKAGES, path.join(MOVE_DIR, 'four_in_a_row')];
    devchain = await startDevchain({ port: 0, faucetPort: 0, genesisPackages, clock: () => clock.micros });
    world = new LifecycleChain(devchain.chain, clock, ['alice', 'bob', 'carol']);
    [alice, bob, carol] = world.people;
  }, 60_000);
  afterAll(() => devchain.close());

  function three(): readonly [Person, Person, Person] {
    if (!alice || !bob || !carol) throw new Error('nobody there');
    return [alice, bob, carol];
  }

  function call(person: Person, name: string, ...args: readonly Bytes[]): void {
    expect(world.send(person, { address: FOUR_IN_A_ROW, module: 'game', name }, args)).toBeUndefined();
    expect(world.moneyMissing()).toBe(0n);
  }

  function node(person: Person, name: string): void {
    const entry = { address: CONTRACT, module: 'state_channel', name };
    expect(world.send(person, entry, [u64(channelId)])).toBeUndefined();
  }

  const scope = (): ChannelScope => ({ chainId: devchain.chain.chainId, contract: CONTRACT, channelId });

  /** The state as the chain has it, in BCS. */
  function settled(): Bytes {
    const entry = { address: CONTRACT, module: 'state_channel', name: 'state_bytes' };
    const [reader] = world.view(entry, [u64(channelId)], [GAME_TYPE]);
    return reader?.bytes('state', 10_000) ?? new Uint8Array();
  }

  /** What these members have signed becomes the state on the chain. */
  function settle(sender: Person, signers: readonly Person[], fields: Partial<Settlement>): void {
    const fromHeight = world.settledHeight(channelId) as Height;
    const settlement: Settlement = {
      fromHeight,
      toHeight: (fromHeight + 10n) as Height,
      changes: [],
      leaving: [],
      closing: false,
      stateRoot: sha3_256(new Uint8Array()),
      historyHash: sha3_256(new Uint8Array()),
      ...fields,
    };
    const data = encodeSettlementData(settlement);
    const statement = signingMessage('settlement:1', scope(), 0n as Term, sha3_256(data));
    const signatures = signers.map(({ nodeSeed }) => ed25519.sign(statement, nodeSeed) as Bytes);
    const who = addresses(signers.map((signer) => signer.address));
    call(sender, 'game_settlement_signed', u64(channelId), bytes(data), who, byteStrings(signatures));
  }

  it('is lent to a channel, which three join', () => {
    const [alice, bob, carol] = three();
    const hall = address(FOUR_IN_A_ROW);
    call(alice, 'create_game', hall);
    const relay = encodeBcs((w) => w.string(''));
    call(alice, 'game_session_create', hall, u64(1n), u64(STAKE), relay);
    const created = world.chain.ledger.tip.outcome.events.find(
      ({ type }) => type.kind === 'struct' && type.name === 'ChannelCreated',
    );
    channelId = new BcsReader(created?.data ?? new Uint8Array()).u64('channel') as ChannelId;
    for (const player of [alice, bob, carol]) {
      call(player, 'game_session_join', u64(channelId), bytes(player.nodeKey), u64(SESSION_GAS));
    }
    node(alice, 'apply_leader_entry');
    expect(readGame(settled())).toEqual({
      columns: [[], [], [], [], [], [], []],
      seats: [],
      isOver: false,
      winners: [],
    });
  });

  it('is played without the chain, and settled by two signatures', () => {
    const [alice, bob] = three();
    const before = settled();
    const game = new FourInARow(before);
    game.play(alice.address, 'take_seat');
    game.play(bob.address, 'take_seat');
    for (const column of [3n, 0n, 3n, 0n, 3n, 0n, 3n]) {
      const player = column === 3n ? alice : bob;
      expect(game.play(player.address, 'play', u64(column)).status.kind).toBe('executed');
    }
    expect(game.read()).toMatchObject({ isOver: true, winners: [1] });

    settle(alice, [alice, bob], { changes: [{ key: GAME, old: before, new: game.bytes() }] });
    expect(readGame(settled())).toEqual(game.read());
  });

  it('is not settled as the rules cannot have left it', () => {
    const [alice, bob] = three();
    const before = settled();
    const forged = before.slice();
    // The three discs of the first column were Bob's.
    forged.set([1, 1, 1], 2);
    const changes = [{ key: GAME, old: before, new: forged }];
    expect(() => settle(alice, [alice, bob], { changes })).toThrow(/game::0x10009/);
  });

  it('puts a leader out that did not let Bob sit down', () => {
    const [alice, bob, carol] = three();
    const game = new FourInARow();
    const evidence = complaintEvidence({
      scope: scope(),
      accused: alice.address,
      leaderSeed: alice.nodeSeed,
      callerSeed: bob.nodeSeed,
      call: { address: FOUR_IN_A_ROW, module: 'game', function: 'take_seat', typeArgs: [], args: [] },
      timestampMs: game.timestampMs,
      state: game.entries(),
      // What Alice signed: nothing came of it.
      outcome: NOTHING_DONE,
      shown: [GAME],
    });
    const balance = world.balance(carol);
    call(carol, 'game_prove_wrong', u64(channelId), bytes(evidence));
    const gained = world.balance(carol) + world.gasOfLast() - balance;
    expect(gained).toBe(STAKE / 2n);
    const out = world.members(channelId).filter(({ settledOut }) => settledOut);
    expect(out).toMatchObject([{ address: alice.address, stake: 0n }]);
  });

  it('comes back to its hall, and everyone goes with its stake', () => {
    const [alice, bob, carol] = three();
    node(bob, 'close_entry');
    settle(bob, [bob, carol], { closing: true });
    call(bob, 'game_session_close', u64(channelId));
    for (const player of [alice, bob, carol]) call(player, 'game_session_leave', u64(channelId));
    const stakes = world.vault();
    expect(stakes.held - stakes.lost).toBe(0n);
  });
});

describe('four in a row by the SDK of Aptos', { timeout: SLOW_MS }, () => {
  let devchain: Devchain;
  beforeAll(async () => {
    const genesisPackages = [...DEFAULT_GENESIS_PACKAGES, path.join(MOVE_DIR, 'four_in_a_row')];
    devchain = await startDevchain({ port: 0, faucetPort: 0, genesisPackages });
  }, 60_000);
  afterAll(() => devchain.close());

  it('is lent, and found in the lobby', async () => {
    const { nodeUrl: fullnode, faucetUrl: faucet, indexerUrl: indexer } = devchain;
    const aptos = new Aptos(new AptosConfig({ network: Network.LOCAL, fullnode, faucet, indexer }));
    const alice = Account.generate();
    await aptos.fundAccount({ accountAddress: alice.accountAddress, amount: 100_000_000 });
    const call = async (name: string, functionArguments: SimpleEntryFunctionArgumentTypes[]) => {
      const data = { function: `${FOUR_IN_A_ROW}::game::${name}` as const, functionArguments };
      const transaction = await aptos.transaction.build.simple({ sender: alice.accountAddress, data });
      const { hash } = await aptos.signAndSubmitTransaction({ signer: alice, transaction });
      return await aptos.waitForTransaction({ transactionHash: hash });
    };
    await call('create_game', [FOUR_IN_A_ROW]);
    await call('game_session_create', [FOUR_IN_A_ROW, 1, 1_000, '']);

    const name = `${FOUR_IN_A_ROW}::game::sessions` as const;
    const sessions = { function: name, functionArguments: [FOUR_IN_A_ROW] };
    expect(await aptos.view({ payload: sessions })).toMatchObject([
      [{ channel_id: '1', state_id: '1', member_count: '0', stake: '1000', details: { last_winner: [] } }],
    ]);
  });
});

describe('four in a row by the SDK', () => {
  let world: World;
  afterEach(() => world.end());

  it('is played between two nodes', { timeout: 3 * SLOW_MS }, async () => {
    world = new World();
    const channelId = world.createChat({
      creator: FOUR_IN_A_ROW,
      stateType: GAME_TYPE,
      assetsType: parseStructTag(`${FOUR_IN_A_ROW}::game::NoAssets`),
      state: NEW_GAME,
      modules: applicationModules('four_in_a_row', FOUR_IN_A_ROW),
      tickFunction: `${FOUR_IN_A_ROW}::game::tick`,
      settings: { tick: { intervalMs: 1_000 } },
    });
    const [alice, bob] = [world.character('alice'), world.character('bob')];
    const atAlice = await alice.enter(channelId);
    const atBob = await bob.enter(channelId);

    await atAlice.call('take_seat').final;
    await atBob.call('take_seat').final;
    for (const column of [3, 0, 3, 0, 3, 0]) {
      const channel = column === 3 ? atAlice : atBob;
      const move = await channel.call('play', [String(column)]).verified;
      expect(move.status).toEqual({ kind: 'executed' });
    }

    // Out of turn: the call is carried out, and says why it came to nothing.
    const refused = await atBob.call('play', ['6']).verified;
    expect(refused.status).toMatchObject({ kind: 'aborted', code: 0x50005n });

    await atAlice.call('play', ['3']).final;
    await vi.waitFor(
      () => {
        const game = atBob.resource(`${FOUR_IN_A_ROW}::game::Game`);
        expect(game).toMatchObject({ is_over: true, seats: [alice.wallet, bob.wallet] });
      },
      { timeout: SLOW_MS },
    );
    const game = atBob.resource(`${FOUR_IN_A_ROW}::game::Game`) as unknown as GameJson;
    const page = renderToStaticMarkup(createElement(BoardView, { game, onPlay: () => {} }));
    expect(page).toContain('<button type="button" disabled="">d: ●●●●</button>');
  });
});
