// What every adapter to a settlement chain has to do. The channel of the suite is a chat without stake, opened by its first member; its heartbeats
// are quiet.

import { ed25519 } from '@noble/curves/ed25519.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bytes, bytesEqual } from '../base/bytes.ts';
import { sha3_256 } from '../base/hash.ts';
import { type Address, type ChannelId, type Height, parseAddress, type Term } from '../base/ids.ts';
import {
  acknowledgementSigningMessage,
  type BatchHeader,
  batchHash,
  batchSigningMessage,
  effectsHash,
  lastHeight,
  type SignedBatch,
  transactionsHash,
} from '../channel/batch.ts';
import { encodeAccusation } from '../channel/evidence.ts';
import { settlementSigningMessage } from '../channel/signed-settlement.ts';
import { electionSigningMessage } from '../channel/succession.ts';
import type { ChainAction, Settlement } from '../channel/update.ts';
import {
  type Chain,
  type ChannelDescription,
  SETTLE_SIGNED_FUNCTION_LABEL,
  type SessionSigner,
} from '../ports/chain.ts';
import type { ChainErrorKind } from './chain-error.ts';

export interface ChainFixture {
  readonly chain: Chain;
  readonly channelId: ChannelId;
  /** Alice and bob have joined; carol has not. */
  readonly alice: ChainPerson;
  readonly bob: ChainPerson;
  readonly carol: ChainPerson;
  /** BCS of the chat group with another title, and without. */
  readonly group: (title: string) => Bytes;
  /** A channel that alice, bob and carol have joined just now, in this order. */
  openForThree(): Promise<ChannelId>;
  /** An adapter whose chain does not answer. */
  readonly unreachable: Chain;
  /** Sets the chain's clock forward. */
  pass(durationMs: number): void;
  dispose(): Promise<void>;
}

export interface ChainPerson {
  readonly address: Address;
  readonly signer: SessionSigner;
}

/** A local chain starts with its contracts, compiled on a machine that may be busy. */
export const SETUP_MS_MAX = 60_000;

const ROOT = new Uint8Array(32).fill(1);
const HISTORY = new Uint8Array(32).fill(2);
const CONTRACT_OF_NOBODY = parseAddress('0xdead');
/** Two of them are too long for one transaction. */
const LARGE = new Uint8Array(40_000);
/** Longer than who is asked for a sign of life has to give one. */
const LAPSE_MS = 9_000;
/** As long as a settlement can be contested in either chain's channel. */
const CONTEST_MS = 60_000;

export function chainSuite(name: string, create: () => Promise<ChainFixture>): void {
  // One story: each step goes on from the one before.
  describe(`chain: ${name}`, () => {
    let fixture: ChainFixture;
    let chain: Chain;
    let description: ChannelDescription;

    beforeAll(async () => {
      fixture = await create();
      chain = fixture.chain;
      const found = await chain.describe(fixture.channelId);
      if (!found) throw new Error('the channel is not there');
      // Whatever the application says of itself: these are the functions that it has.
      const { address } = found.stateType;
      const offered = [[SETTLE_SIGNED_FUNCTION_LABEL, `${address}::chat::chat_group_settlement_signed`]] as const;
      description = { ...found, labels: new Map([...offered, ...found.labels]) };
    }, SETUP_MS_MAX);
    afterAll(() => fixture?.dispose());

    const submit = (person: ChainPerson, action: ChainAction) => chain.submit(description, action, person.signer);
    const view = () => chain.view(fixture.channelId);
    const settlement = (parts: Partial<Settlement>): Settlement => ({
      fromHeight: 0n as Height,
      toHeight: 5n as Height,
      changes: [],
      leaving: [],
      closing: false,
      stateRoot: ROOT,
      historyHash: HISTORY,
      ...parts,
    });
    const stateChange = (before: Bytes, after: Bytes) => ({
      key: { kind: 'resource', address: description.stateType.address, type: description.stateType } as const,
      old: before,
      new: after,
    });
    /** Bob is asked for a sign of life and gives none in time. */
    const bobLapses = async () => {
      // Not in the same millisecond as his last one.
      fixture.pass(1);
      await submit(fixture.alice, { kind: 'challenge', member: fixture.bob.address });
      fixture.pass(LAPSE_MS);
      expect((await view()).members.map(({ valid }) => valid)).toEqual([true, false]);
    };
    const openProposal = async () => {
      const proposal = (await view()).proposals.find(({ executed }) => !executed);
      if (!proposal) throw new Error('no open proposal');
      return proposal;
    };

    /** Alice has signed two transactions from that height on, and bob has acknowledged them. */
    const contestBy = (firstHeight: bigint, proposal: bigint, scope = description.scope) => {
      const { alice, bob } = fixture;
      const header: BatchHeader = {
        term: 1n as Term,
        leader: alice.signer.nodeKey,
        firstHeight: firstHeight as Height,
        count: 2,
        timestampMs: 1n,
        previousHash: ROOT,
        transactionsHash: ROOT,
        effectsHash: ROOT,
        rootAfter: ROOT,
      };
      const sign = ({ signer }: ChainPerson, message: Bytes) => ed25519.sign(message, signer.seed) as Bytes;
      const acknowledged = { term: header.term, height: lastHeight(header), batchHash: batchHash(header) };
      const signature = sign(bob, acknowledgementSigningMessage(scope, acknowledged));
      return {
        kind: 'contest',
        proposal,
        header,
        leaderSignature: sign(alice, batchSigningMessage(scope, header)),
        signatures: [{ member: bob.address, signature }],
      } as const;
    };

    it('knows no channel that is not there', async () => {
      expect(await chain.describe(999_999n as ChannelId)).toBeUndefined();
      await expectChainError(chain.view(999_999n as ChannelId), 'not-found');
    });

    it('describes the channel', () => {
      expect(description.stateType).toMatchObject({ module: 'chat', name: 'ChatGroup' });
      expect(description.scope.channelId).toBe(fixture.channelId);
      expect(description.settings).toMatchObject({ heartbeatWindowMs: 8_000, isQuiet: true });
      expect(description.settings.tick).toBeUndefined();
    });

    it('shows the members in order of their join sequence, without assets where there are none', async () => {
      const { members, leader, settledHeight, closing, closed } = await view();
      expect(members.map(({ address, nodeKey, valid, leaving }) => ({ address, nodeKey, valid, leaving }))).toEqual(
        [fixture.alice, fixture.bob].map(({ address, signer }) => ({
          address,
          nodeKey: signer.nodeKey,
          valid: true,
          leaving: false,
        })),
      );
      expect(members.every((member) => !('assets' in member))).toBe(true);
      expect({ leader, settledHeight, closing, closed }).toEqual({
        leader: undefined,
        settledHeight: 0n,
        closing: false,
        closed: false,
      });
    });

    it('gives the state and all the code that it needs', async () => {
      expect(await chain.stateBytes(description)).toEqual(fixture.group('Harbour'));
      // A chat hangs on no table.
      expect(await chain.stateItems(description)).toEqual([]);
      const modules = await chain.modules(description);
      const names = modules.map(({ name }) => name);
      for (const name of ['chat', 'state_channel', 'string', 'table']) expect(names).toContain(name);
      expect(new Set(modules.map(({ address, name }) => `${address}::${name}`)).size).toBe(modules.length);
    });

    it('takes a leader, and refuses another with the name of the rule', async () => {
      await submit(fixture.alice, { kind: 'applyLeader' });
      expect(await view()).toMatchObject({ leader: fixture.alice.address, term: 1n });
      await expect(submit(fixture.bob, { kind: 'applyLeader' })).rejects.toMatchObject({
        name: 'ChainError',
        kind: 'refused',
        abort: { name: 'E_LEADER_VALID' },
      });
    });

    it('takes heartbeats, and several at once in order', async () => {
      const delays = new Map([[fixture.bob.address, 12.4]]);
      await Promise.all([1, 2, 3].map(() => chain.keepAlive(fixture.channelId, delays, fixture.alice.signer)));
    });

    it('[H1] asks a member for a sign of life, and not again before it was given', async () => {
      const challenge: ChainAction = { kind: 'challenge', member: fixture.bob.address };
      const isBobAsked = async () => (await view()).members.map(({ isChallenged }) => isChallenged)[1];
      await submit(fixture.alice, challenge);
      expect(await isBobAsked()).toBe(true);
      await expect(submit(fixture.alice, challenge)).rejects.toMatchObject({ abort: { name: 'E_CHALLENGED_LATELY' } });
      fixture.pass(1_000);
      await chain.keepAlive(fixture.channelId, new Map(), fixture.bob.signer);
      expect(await isBobAsked()).toBe(false);
    });

    it('refuses a session account of nobody, or without coins', async () => {
      const beat = chain.keepAlive(fixture.channelId, new Map(), fixture.carol.signer);
      await expect(beat).rejects.toMatchObject({ name: 'ChainError' });
      expect(await chain.sessionBalance(fixture.alice.signer)).toBeGreaterThan(0n);
    });

    it('[X3] shows a proposal by the hash of the very data that was proposed', async () => {
      const change = stateChange(fixture.group('Harbour'), fixture.group('Quay'));
      const action = { kind: 'propose', settlement: settlement({ changes: [change] }) } as const;
      await submit(fixture.alice, action);
      const data = chain.encodeSettlement(action);
      const proposal = await openProposal();
      expect(proposal).toMatchObject({
        proposer: fixture.alice.address,
        fromHeight: 0n,
        toHeight: 5n,
        votesFor: [fixture.alice.address],
        votesAgainst: [],
      });
      expect(bytesEqual(proposal.dataHash, sha3_256(data))).toBe(true);
      expect(await chain.proposalData(fixture.channelId, proposal.id)).toEqual(data);
    });

    it('executes a settlement only once it has passed', async () => {
      const { id } = await openProposal();
      await expect(submit(fixture.alice, { kind: 'execute', proposal: id })).rejects.toMatchObject({
        abort: { name: 'E_PROPOSAL_NOT_PASSED' },
      });
      await submit(fixture.bob, { kind: 'vote', proposal: id, option: 'for' });
      await expect(submit(fixture.bob, { kind: 'vote', proposal: id, option: 'for' })).rejects.toMatchObject({
        abort: { name: 'E_ALREADY_VOTED' },
      });
      await submit(fixture.alice, { kind: 'execute', proposal: id });
      expect(await view()).toMatchObject({ settledHeight: 5n, settledRoot: ROOT, historyHash: HISTORY });
      expect(await chain.stateBytes(description)).toEqual(fixture.group('Quay'));
    });

    it('[X7] waits with a settlement that some did not vote for', async () => {
      const lonely = settlement({ fromHeight: 5n as Height, toHeight: 6n as Height });
      await submit(fixture.alice, { kind: 'propose', settlement: lonely });
      const { id, contestUntilMs } = await openProposal();
      expect(contestUntilMs).toBe(0n);
      fixture.pass(LAPSE_MS);
      await bobLapses();
      const execute = { kind: 'execute', proposal: id } as const;
      await expect(submit(fixture.alice, execute)).rejects.toMatchObject({ abort: { name: 'E_CONTEST_OPEN' } });
      await submit(fixture.alice, { kind: 'beginContest', proposal: id });
      expect((await openProposal()).contestUntilMs).toBeGreaterThan(0n);
      await expect(submit(fixture.alice, { kind: 'beginContest', proposal: id })).rejects.toMatchObject({
        abort: { name: 'E_NOTHING_TO_CONTEST' },
      });
      await expect(submit(fixture.alice, execute)).rejects.toMatchObject({ abort: { name: 'E_CONTEST_OPEN' } });
    });

    it('[X7] drops it when a member brings what two thirds have acknowledged', async () => {
      const { id } = await openProposal();
      const contest = (firstHeight: bigint) => contestBy(firstHeight, id);
      // Up to height 5: not newer.
      await expect(submit(fixture.bob, contest(4n))).rejects.toMatchObject({ abort: { name: 'E_NOT_NEWER' } });
      const alone = { ...contest(6n), signatures: [] };
      await expect(submit(fixture.bob, alone)).rejects.toMatchObject({ abort: { name: 'E_TOO_FEW_SIGNERS' } });
      await submit(fixture.bob, contest(6n));
      expect(await openProposal()).toMatchObject({ contested: true });
      await expect(submit(fixture.alice, { kind: 'execute', proposal: id })).rejects.toMatchObject({
        abort: { name: 'E_PROPOSAL_CONTESTED' },
      });
    });

    it('[X7] executes the next one when nobody has contested it in time', async () => {
      const lonely = settlement({ fromHeight: 5n as Height, toHeight: 7n as Height });
      await submit(fixture.alice, { kind: 'propose', settlement: lonely });
      const { id, contestUntilMs } = await openProposal();
      expect(contestUntilMs).toBeGreaterThan(0n);
      fixture.pass(CONTEST_MS);
      await chain.keepAlive(fixture.channelId, new Map(), fixture.bob.signer);
      // Not any more: the other is back and has not voted.
      await expect(submit(fixture.alice, { kind: 'execute', proposal: id })).rejects.toMatchObject({
        abort: { name: 'E_PROPOSAL_NOT_PASSED' },
      });
      await bobLapses();
      await submit(fixture.alice, { kind: 'execute', proposal: id });
      expect((await view()).settledHeight).toBe(7n);
    });

    it('[X8] settles with signatures, in one transaction', async () => {
      const signed = settlement({
        fromHeight: 7n as Height,
        toHeight: 8n as Height,
        changes: [stateChange(fixture.group('Quay'), fixture.group('Slipway'))],
      });
      const message = settlementSigningMessage(
        description.scope,
        sha3_256(chain.encodeSettlement({ kind: 'propose', settlement: signed })),
      );
      const sign = ({ address, signer }: ChainPerson, signed = message) => ({
        member: address,
        signature: ed25519.sign(signed, signer.seed) as Bytes,
      });
      const { alice, bob, carol } = fixture;
      const settle = (...signatures: ReturnType<typeof sign>[]): ChainAction => ({
        kind: 'settleSigned',
        settlement: signed,
        signatures,
      });
      const refusals = [
        ['E_TOO_FEW_SIGNERS', settle(sign(alice))],
        ['E_SIGNERS', settle(sign(alice), sign(alice))],
        ['E_SIGNATURE', settle(sign(alice), sign(bob, ROOT))],
        ['E_SIGNERS', settle(sign(alice), sign(carol))],
        ['E_FROM_HEIGHT', { ...settle(sign(alice), sign(bob)), settlement: { ...signed, fromHeight: 5n as Height } }],
      ] as const;
      for (const [name, action] of refusals) {
        await expect(submit(bob, action), name).rejects.toMatchObject({ kind: 'refused', abort: { name } });
      }
      await submit(bob, settle(sign(alice), sign(bob)));
      expect(await view()).toMatchObject({ settledHeight: 8n, settledRoot: ROOT });
      expect(await chain.stateBytes(description)).toEqual(fixture.group('Slipway'));
      await expect(submit(bob, settle(sign(alice), sign(bob)))).rejects.toMatchObject({
        abort: { name: 'E_FROM_HEIGHT' },
      });
    });

    it('[X6] settles a member out', async () => {
      const leaving = settlement({ fromHeight: 8n as Height, toHeight: 9n as Height, leaving: [fixture.bob.address] });
      await submit(fixture.bob, { kind: 'propose', settlement: leaving });
      const { id } = await openProposal();
      await submit(fixture.alice, { kind: 'vote', proposal: id, option: 'for' });
      await submit(fixture.bob, { kind: 'execute', proposal: id });
      expect((await view()).members.map(({ address }) => address)).toEqual([fixture.alice.address]);
    });

    it('closes: first the wish, then the settlement', async () => {
      const last = settlement({ fromHeight: 9n as Height, toHeight: 10n as Height, closing: true });
      await expect(submit(fixture.alice, { kind: 'propose', settlement: last })).rejects.toMatchObject({
        abort: { name: 'E_NOT_CLOSING' },
      });
      await submit(fixture.alice, { kind: 'close' });
      await submit(fixture.alice, { kind: 'close' });
      expect((await view()).closing).toBe(true);
      await submit(fixture.alice, { kind: 'propose', settlement: last });
      await submit(fixture.alice, { kind: 'execute', proposal: (await openProposal()).id });
      const after = await view();
      expect(after.closed).toBe(true);
      expect(after.leader).toBeUndefined();
    });

    it('[L7] [L8] replaces a leader by the signatures of the members, and one that two call silent', async () => {
      const { alice, bob, carol } = fixture;
      const found = await chain.describe(await fixture.openForThree());
      if (!found) throw new Error('the channel is not there');
      const act = (person: ChainPerson, action: ChainAction) => chain.submit(found, action, person.signer);
      const look = () => chain.view(found.scope.channelId);
      await act(alice, { kind: 'applyLeader' });
      const elect = (term: bigint, ...electors: ChainPerson[]): ChainAction => ({
        kind: 'replaceLeader',
        successor: bob.address,
        signatures: electors.map(({ address, signer }) => {
          const message = electionSigningMessage(found.scope, term as Term, bob.address);
          return { member: address, signature: ed25519.sign(message, signer.seed) as Bytes };
        }),
      });
      const refusals = [
        ['E_TOO_FEW_SIGNERS', elect(2n, bob, carol)],
        ['E_SIGNATURE', elect(3n, alice, bob, carol)],
        ['E_SIGNERS', elect(2n, bob, bob, carol)],
      ] as const;
      for (const [name, action] of refusals) {
        await expect(act(bob, action), name).rejects.toMatchObject({ kind: 'refused', abort: { name } });
      }
      await act(bob, elect(2n, alice, bob, carol));
      expect(await look()).toMatchObject({ leader: bob.address, term: 2n });

      await expect(act(bob, { kind: 'reportSilence' })).rejects.toMatchObject({ abort: { name: 'E_OWN_SILENCE' } });
      await act(alice, { kind: 'reportSilence' });
      await expect(act(alice, { kind: 'reportSilence' })).rejects.toMatchObject({
        abort: { name: 'E_ALREADY_ACCUSED' },
      });
      expect(await look()).toMatchObject({ leader: bob.address, term: 2n });
      await act(carol, { kind: 'reportSilence' });
      expect(await look()).toMatchObject({ leader: alice.address, term: 3n, closing: false });
    });

    describe('[E1] [E4] evidence', () => {
      let three: ChannelDescription;
      beforeAll(async () => {
        const found = await chain.describe(await fixture.openForThree());
        if (!found) throw new Error('the channel is not there');
        three = found;
        await act(fixture.alice, { kind: 'applyLeader' });
      }, SETUP_MS_MAX);
      const act = (person: ChainPerson, action: ChainAction) => chain.submit(three, action, person.signer);
      const look = () => chain.view(three.scope.channelId);

      /** Of two transactions, so large that one argument does not hold them. */
      const signedBy = ({ signer }: ChainPerson, term: bigint, timestampMs = 1n): SignedBatch => {
        const call = { address: CONTRACT_OF_NOBODY, module: 'm', function: 'f', typeArgs: [], args: [LARGE] };
        const transactions = [1n, 2n].map((sequence) => {
          const action = { kind: 'call', call } as const;
          return { kind: 'member', sender: signer.nodeKey, sequence, action, signature: new Uint8Array(64) } as const;
        });
        const effects = transactions.map((_, index) => new Uint8Array(65).fill(index));
        const header: BatchHeader = {
          term: term as Term,
          leader: signer.nodeKey,
          firstHeight: 4n as Height,
          count: 2,
          timestampMs,
          previousHash: ROOT,
          transactionsHash: transactionsHash(transactions),
          effectsHash: effectsHash(effects),
          rootAfter: ROOT,
        };
        const signature = ed25519.sign(batchSigningMessage(three.scope, header), signer.seed) as Bytes;
        return { header, transactions, effects, signature };
      };
      const accusation = (accused: ChainPerson, batch: SignedBatch): ChainAction => ({
        kind: 'accuse',
        member: accused.address,
        data: encodeAccusation({ accused: accused.address, height: 5n as Height, batch }),
      });
      const twins = (accused: ChainPerson, a: SignedBatch, b: SignedBatch): ChainAction => ({
        kind: 'punishTwins',
        member: accused.address,
        a,
        b,
      });

      it('refuses what proves nothing', async () => {
        const { alice, bob, carol } = fixture;
        const [batch, other] = [signedBy(alice, 1n), signedBy(alice, 1n, 2n)];
        const forged = { ...batch, signature: signedBy(alice, 2n).signature };
        const refusals: readonly (readonly [string, ChainPerson, ChainAction])[] = [
          ['E_NOT_THE_ACCUSED', bob, accusation(carol, batch)],
          ['E_ACCUSES_ITSELF', alice, accusation(alice, batch)],
          ['E_SIGNATURE', bob, accusation(alice, forged)],
          ['E_NOT_TWINS', bob, twins(alice, batch, batch)],
          ['E_NOT_TWINS', bob, twins(alice, batch, signedBy(alice, 2n))],
          ['E_SIGNATURE', bob, twins(alice, forged, other)],
          ['E_ACCUSES_ITSELF', alice, twins(alice, batch, other)],
        ];
        for (const [name, person, action] of refusals) {
          await expect(act(person, action), name).rejects.toMatchObject({ kind: 'refused', abort: { name } });
        }
        expect((await look()).reports).toEqual([]);
      });

      it('[E2] shows a report by the hash of its data, and carries out what the members say', async () => {
        const { alice, bob, carol } = fixture;
        const action = accusation(alice, signedBy(alice, 1n));
        if (action.kind !== 'accuse') throw new Error('not an accusation');
        await act(bob, action);
        const [report] = (await look()).reports;
        if (!report) throw new Error('no report');
        expect(report).toMatchObject({
          proposer: bob.address,
          votesFor: [bob.address],
          votesAgainst: [],
          executed: false,
        });
        expect(report.dataHash).toEqual(sha3_256(action.data));
        expect(await chain.proposalData(three.scope.channelId, report.id)).toEqual(action.data);
        await expect(act(carol, { kind: 'punish', proposal: report.id })).rejects.toMatchObject({
          abort: { name: 'E_PROPOSAL_NOT_PASSED' },
        });
        await act(carol, { kind: 'vote', proposal: report.id, option: 'for' });
        await act(carol, { kind: 'punish', proposal: report.id });
        const after = await look();
        expect(after.members.map(({ address }) => address)).toEqual([bob.address, carol.address]);
        expect(after).toMatchObject({ leader: bob.address, term: 2n });
        expect(after.reports.filter(({ executed }) => !executed)).toEqual([]);
      });

      it('[E4] puts out who signed two batches for one place', async () => {
        const { bob, carol } = fixture;
        await act(carol, twins(bob, signedBy(bob, 2n), signedBy(bob, 2n, 2n)));
        const after = await look();
        expect(after.members.map(({ address }) => address)).toEqual([carol.address]);
        expect(after).toMatchObject({ leader: carol.address, term: 3n });
      });
    });

    describe('[N6] a history that nobody has any more', () => {
      let three: ChannelDescription;
      beforeAll(async () => {
        const found = await chain.describe(await fixture.openForThree());
        if (!found) throw new Error('the channel is not there');
        three = { ...found, labels: description.labels };
        await act(fixture.alice, { kind: 'applyLeader' });
        await settleBySignatures(
          settlement({ changes: [stateChange(fixture.group('Harbour'), fixture.group('Jetty'))] }),
        );
      }, SETUP_MS_MAX);
      const act = (person: ChainPerson, action: ChainAction) => chain.submit(three, action, person.signer);
      const look = () => chain.view(three.scope.channelId);
      const NONE = new Uint8Array();
      const beginning = (from: bigint, parts: Partial<Settlement> = {}) =>
        settlement({
          fromHeight: from as Height,
          toHeight: (from + 1n) as Height,
          stateRoot: NONE,
          historyHash: NONE,
          ...parts,
        });
      const settleBySignatures = async (signed: Settlement) => {
        const dataHash = sha3_256(chain.encodeSettlement({ kind: 'propose', settlement: signed }));
        const signatures = [fixture.alice, fixture.bob].map(({ address, signer }) => ({
          member: address,
          signature: ed25519.sign(settlementSigningMessage(three.scope, dataHash), signer.seed) as Bytes,
        }));
        await act(fixture.bob, { kind: 'settleSigned', settlement: signed, signatures });
      };

      it('takes nothing along to a new beginning, which takes one height', async () => {
        const change = stateChange(fixture.group('Jetty'), fixture.group('Pier'));
        const refusals = [
          ['E_BEGINNING', beginning(5n, { toHeight: 7n as Height })],
          ['E_BEGINNING', beginning(5n, { changes: [change] })],
          ['E_BEGINNING', beginning(5n, { leaving: [fixture.carol.address] })],
          ['E_BEGINNING', beginning(5n, { closing: true })],
          ['E_HEIGHTS', beginning(5n, { toHeight: 5n as Height })],
          ['E_STATE_ROOT_LENGTH', beginning(5n, { historyHash: HISTORY })],
          ['E_HISTORY_HASH_LENGTH', beginning(5n, { stateRoot: ROOT })],
          ['E_FROM_HEIGHT', beginning(4n)],
        ] as const;
        for (const [name, refused] of refusals) {
          const propose: ChainAction = { kind: 'propose', settlement: refused };
          await expect(act(fixture.carol, propose), name).rejects.toMatchObject({ kind: 'refused', abort: { name } });
        }
        expect(await look()).toMatchObject({ settledHeight: 5n, restarts: 0n });
      });

      it('begins anew by votes, with the state as it was settled and without a leader', async () => {
        const { bob, carol } = fixture;
        await act(carol, { kind: 'propose', settlement: beginning(5n) });
        const [proposal] = (await look()).proposals;
        if (!proposal) throw new Error('no proposal');
        expect(proposal).toMatchObject({ fromHeight: 5n, toHeight: 6n });
        await act(bob, { kind: 'vote', proposal: proposal.id, option: 'for' });
        await act(bob, { kind: 'execute', proposal: proposal.id });
        const after = await look();
        expect(after).toMatchObject({
          settledHeight: 6n,
          settledRoot: NONE,
          historyHash: NONE,
          restarts: 1n,
          term: 1n,
        });
        expect(after.leader).toBeUndefined();
        expect(await chain.stateBytes(three)).toEqual(fixture.group('Jetty'));
      });

      it('takes no batch of the old history against the new one', async () => {
        const { bob, carol } = fixture;
        const next = settlement({ fromHeight: 6n as Height, toHeight: 7n as Height });
        await act(carol, { kind: 'propose', settlement: next });
        const proposal = (await look()).proposals.find(({ executed, fromHeight }) => !executed && fromHeight === 6n);
        if (!proposal) throw new Error('no proposal');
        await expect(act(bob, contestBy(8n, proposal.id, three.scope))).rejects.toMatchObject({
          abort: { name: 'E_GIVEN_UP' },
        });
      });

      it('begins anew by signatures, and again', async () => {
        await settleBySignatures(beginning(6n));
        expect(await look()).toMatchObject({ settledHeight: 7n, historyHash: NONE, restarts: 2n });
        await act(fixture.carol, { kind: 'applyLeader' });
        expect(await look()).toMatchObject({ leader: fixture.carol.address, term: 2n });
        await settleBySignatures(settlement({ fromHeight: 7n as Height, toHeight: 9n as Height }));
        expect(await look()).toMatchObject({ settledHeight: 9n, historyHash: HISTORY, restarts: 2n });
      });
    });

    it('says when it is not there', async () => {
      await expectChainError(fixture.unreachable.describe(fixture.channelId), 'unreachable');
      await expectChainError(fixture.unreachable.view(fixture.channelId), 'unreachable');
      await expectChainError(
        fixture.unreachable.keepAlive(fixture.channelId, new Map(), fixture.alice.signer),
        'unreachable',
      );
    });
  });
}

export async function expectChainError(promise: Promise<unknown>, kind: ChainErrorKind): Promise<void> {
  await expect(promise).rejects.toMatchObject({ name: 'ChainError', kind });
}
