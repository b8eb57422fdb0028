// The settlement chain on Aptos, or anything that speaks its REST API, through the unmodified ts-sdk (loaded when first needed: it is
// larger than the rest of the node). Reads by view functions; what the node submits, its session account signs.

import type { Aptos, MoveStructId, TransactionPayload } from '@aptos-labs/ts-sdk';
import { type Bytes, fromHex, toHex } from '../base/bytes.ts';
import { DecodeError, unreachable } from '../base/errors.ts';
import { type Address, type ChannelId, shortAddress } from '../base/ids.ts';
import { formatTypeTag, parseStructTag } from '../base/type-tag.ts';
import { encodeHeader } from '../channel/batch.ts';
import type { ChainAction, ChainMember, ChainView } from '../channel/update.ts';
import {
  type Chain,
  type ChannelDescription,
  type ChannelModule,
  ITEMS_FUNCTION_LABEL,
  PROVE_FUNCTION_LABEL,
  SETTLE_FUNCTION_LABEL,
  SETTLE_SIGNED_FUNCTION_LABEL,
  type SessionSigner,
  type StateItem,
} from '../ports/chain.ts';
import { asChainError } from './aptos-errors.ts';
import { ChainError } from './chain-error.ts';
import {
  ITEMS_LIMIT,
  PROPOSAL_PUNISHMENT,
  PROPOSAL_SETTLEMENT,
  readChannelInfo,
  readDescription,
  readItemPage,
  readMembers,
  readProposals,
  readReports,
} from './contract-views.ts';
import { asList, JsonFields } from './json-fields.ts';
import { type ModuleName, moduleClosure } from './module-closure.ts';
import { SessionAccount } from './session-account.ts';
import { sessionAddress } from './session-address.ts';
import { encodeSettlementData } from './settlement-data.ts';

type Sdk = typeof import('@aptos-labs/ts-sdk');

/** A chain that is silent for so long counts as unreachable. */
const ANSWER_MS_MAX = 10_000;
/** Waiting for a transaction includes its execution. */
const SUBMIT_MS_MAX = 45_000;
/** Views of one channel are read one by one; members may come and go in between, but not for ever. */
const VIEW_ATTEMPTS_MAX = 5;

/** Gas units. A new storage slot takes 4,000 at the lowest gas price; what is not used is not paid. */
const GAS_HEARTBEAT = 20_000;
const GAS_VOTE = 20_000;
/** The data is stored with the proposal, at 4 gas units a byte. */
const GAS_PROPOSAL = 50_000;
const GAS_PROPOSAL_PER_BYTE = 6;
/** A signature check for every member. */
const GAS_CONTEST = 60_000;
/** The application's settlement function rewrites its state. */
const GAS_SETTLEMENT = 500_000;
/** Each item that is new takes a slot and its bytes: some 6,500 for 500 bytes. */
const GAS_SETTLEMENT_PER_BYTE = 14;
/** What Aptos lets a transaction say. */
const GAS_MAX = 2_000_000;
/** The application runs a transaction, after proofs of some hundred hashes. */
const GAS_REPLAY = 1_000_000;
/** Of one argument, so that its transaction stays under 64 KiB. */
const ARGUMENT_SIZE_MAX = 48 * 1024;
/** Together as many places as fill a snapshot. */
const ITEM_PAGES_MAX = 1_024;
/** One check of a signature, with room. */
const GAS_SIGNATURE = 2_000;

const VOTES = { against: 0, for: 1, abstain: 2 } as const;

export interface AptosChainOptions {
  /** REST address with its version, such as `http://127.0.0.1:8080/v1`. */
  readonly url: string;
  /** Where `state_channel` is published. */
  readonly contract: Address;
}

interface Connection {
  readonly sdk: Sdk;
  readonly aptos: Aptos;
  readonly chainId: number;
}

export class AptosChain implements Chain {
  readonly #options: AptosChainOptions;
  #connection: Promise<Connection> | undefined;
  readonly #sessions = new Map<string, Promise<SessionAccount>>();
  readonly #descriptions = new Map<ChannelId, ChannelDescription>();
  /** What a member brings into a history, by channel, join sequence and restarts: it does not change while the member stays, but for a new beginning ([N6]). */
  readonly #assets = new Map<string, ChainMember['assets']>();
  /** Asset types that hold nothing. */
  readonly #emptyAssets = new Map<string, boolean>();

  constructor(options: AptosChainOptions) {
    this.#options = options;
  }

  /** @throws ChainError */
  async chainId(): Promise<number> {
    return (await this.#connect()).chainId;
  }

  async describe(id: ChannelId): Promise<ChannelDescription | undefined> {
    const known = this.#descriptions.get(id);
    if (known) return known;
    const { chainId } = await this.#connect();
    if ((await this.#view('channel_exists', [], [String(id)])) !== true) return undefined;
    const json = await this.#view('channel_info', [], [String(id)]);
    const description = decoding('the description of the channel', () =>
      readDescription(json, { chainId, contract: this.#options.contract, channelId: id }),
    );
    this.#descriptions.set(id, description);
    return description;
  }

  async view(id: ChannelId): Promise<ChainView> {
    const description = await this.describe(id);
    if (!description) throw new ChainError('not-found', `there is no channel ${id}`);
    for (let attempt = 0; attempt < VIEW_ATTEMPTS_MAX; attempt++) {
      const [infoJson, membersJson, proposalsJson] = await Promise.all([
        this.#view('channel_info', [], [String(id)]),
        this.#view('members', [], [String(id)]),
        this.#view('proposal_heads', [], [String(id)]),
      ]);
      const { info, members, proposals, reports } = decoding('the view of the channel', () => ({
        info: readChannelInfo(infoJson),
        members: readMembers(membersJson),
        proposals: readProposals(proposalsJson),
        reports: readReports(proposalsJson),
      }));
      const { leader } = info.view;
      const isWhole =
        info.memberCount === members.length && (leader === undefined || members.some((m) => m.address === leader));
      if (!isWhole) continue;
      const withAssets = await Promise.all(
        members.map((member) => this.#withAssets(description, member, info.view.restarts)),
      );
      return { ...info.view, members: withAssets, proposals, reports };
    }
    throw new ChainError('malformed', `the views of channel ${id} do not agree with each other`);
  }

  async stateBytes(description: ChannelDescription): Promise<Bytes> {
    const type = formatTypeTag(description.stateType);
    return this.#bytesView('state_bytes', type, [String(description.scope.channelId)]);
  }

  async stateItems(description: ChannelDescription): Promise<readonly StateItem[]> {
    const name = description.labels.get(ITEMS_FUNCTION_LABEL);
    if (name === undefined) return [];
    const items: StateItem[] = [];
    const id = String(description.scope.channelId);
    for (let from = 0n, pages = 0; pages < ITEM_PAGES_MAX; pages++) {
      const json = await this.#viewOf(name, [id, String(from), String(ITEMS_LIMIT)]);
      const page = decoding('a page of items', () => readItemPage(asList(json, 'items', 1)[0]));
      items.push(...page.items);
      if (page.next === 0n) return items;
      from = page.next;
    }
    throw new ChainError('malformed', `${name} does not come to an end`);
  }

  async modules(description: ChannelDescription): Promise<readonly ChannelModule[]> {
    const { stateType, tickFunction } = description;
    const roots: ModuleName[] = [{ address: stateType.address, name: stateType.module }];
    if (tickFunction !== undefined) roots.push(functionModule(tickFunction));
    return moduleClosure(roots, (module) => this.#module(module));
  }

  async proposalData(id: ChannelId, proposal: bigint): Promise<Bytes> {
    const json = await this.#view('proposal', [], [String(id), String(proposal)]);
    return decoding('a proposal', () => new JsonFields(json, 'proposal').bytes('data'));
  }

  encodeSettlement(action: Extract<ChainAction, { kind: 'propose' }>): Bytes {
    return encodeSettlementData(action.settlement);
  }

  async submit(description: ChannelDescription, action: ChainAction, signer: SessionSigner): Promise<void> {
    const { sdk } = await this.#connect();
    const id = new sdk.U64(description.scope.channelId);
    switch (action.kind) {
      case 'applyLeader':
        return this.#run(signer, 'applying for leadership', 'apply_leader_entry', [id], GAS_VOTE);
      case 'close':
        return this.#close(signer, id);
      case 'propose': {
        const data = this.encodeSettlement(action);
        const gasMax = GAS_PROPOSAL + GAS_PROPOSAL_PER_BYTE * data.length;
        const args = [id, new sdk.U8(PROPOSAL_SETTLEMENT), sdk.MoveVector.U8(data)];
        return this.#run(signer, 'proposing a settlement', 'create_proposal_entry', args, gasMax);
      }
      case 'vote': {
        const args = [id, new sdk.U64(action.proposal), new sdk.U8(VOTES[action.option])];
        return this.#run(signer, 'voting', 'vote_proposal_entry', args, GAS_VOTE);
      }
      case 'beginContest': {
        const args = [id, new sdk.U64(action.proposal)];
        return this.#run(signer, 'giving time to contest a settlement', 'begin_contest_entry', args, GAS_VOTE);
      }
      case 'contest': {
        const { header, leaderSignature, signatures } = action;
        const args = [
          id,
          new sdk.U64(action.proposal),
          sdk.MoveVector.U8(encodeHeader(header)),
          sdk.MoveVector.U8(leaderSignature),
          new sdk.MoveVector(signatures.map(({ member }) => sdk.AccountAddress.from(member))),
          new sdk.MoveVector(signatures.map(({ signature }) => sdk.MoveVector.U8(signature))),
        ];
        return this.#run(signer, 'contesting a settlement', 'contest_entry', args, GAS_CONTEST);
      }
      case 'execute': {
        const settleFunction = labelled(description, SETTLE_FUNCTION_LABEL);
        const payload = entryFunction(sdk, settleFunction, [id, new sdk.U64(action.proposal)]);
        return this.#send(signer, 'executing a settlement', payload, GAS_SETTLEMENT);
      }
      case 'settleSigned': {
        const data = encodeSettlementData(action.settlement);
        const args = [
          id,
          sdk.MoveVector.U8(data),
          new sdk.MoveVector(action.signatures.map(({ member }) => sdk.AccountAddress.from(member))),
          new sdk.MoveVector(action.signatures.map(({ signature }) => sdk.MoveVector.U8(signature))),
        ];
        const payload = entryFunction(sdk, labelled(description, SETTLE_SIGNED_FUNCTION_LABEL), args);
        const gasMax =
          GAS_SETTLEMENT + GAS_SETTLEMENT_PER_BYTE * data.length + GAS_SIGNATURE * action.signatures.length;
        return this.#send(signer, 'settling with signatures', payload, Math.min(gasMax, GAS_MAX));
      }
      case 'replaceLeader': {
        const args = [
          id,
          sdk.AccountAddress.from(action.successor),
          new sdk.MoveVector(action.signatures.map(({ member }) => sdk.AccountAddress.from(member))),
          new sdk.MoveVector(action.signatures.map(({ signature }) => sdk.MoveVector.U8(signature))),
        ];
        const gasMax = GAS_VOTE + GAS_SIGNATURE * action.signatures.length;
        return this.#run(signer, 'taking the lead', 'replace_leader_entry', args, gasMax);
      }
      case 'reportSilence':
        return this.#run(signer, 'telling of a silent leader', 'report_silence_entry', [id], GAS_VOTE);
      case 'challenge': {
        const args = [id, sdk.AccountAddress.from(action.member)];
        return this.#run(signer, 'asking for a sign of life', 'challenge_entry', args, GAS_VOTE);
      }
      case 'accuse': {
        const data = await this.#dataOrParcel(signer, action.data);
        const args = [id, new sdk.U8(PROPOSAL_PUNISHMENT), sdk.MoveVector.U8(data)];
        const gasMax = GAS_PROPOSAL + GAS_PROPOSAL_PER_BYTE * action.data.length;
        return this.#run(signer, 'reporting a wrong result', 'create_proposal_entry', args, gasMax);
      }
      case 'prove': {
        const evidence = await this.#dataOrParcel(signer, action.evidence);
        const payload = entryFunction(sdk, labelled(description, PROVE_FUNCTION_LABEL), [
          id,
          sdk.MoveVector.U8(evidence),
        ]);
        return this.#send(
          signer,
          'proving a wrong result',
          payload,
          GAS_REPLAY + GAS_PROPOSAL_PER_BYTE * action.evidence.length,
        );
      }
      case 'punishTwins': {
        const { a, b } = action;
        const parts = [encodeHeader(a.header), a.signature, encodeHeader(b.header), b.signature];
        const args = [id, ...parts.map((part) => sdk.MoveVector.U8(part))];
        return this.#run(signer, 'proving two batches of one place', 'punish_twins_entry', args, GAS_CONTEST);
      }
      case 'punish': {
        const args = [id, new sdk.U64(action.proposal)];
        return this.#run(signer, 'carrying out a punishment', 'execute_punishment_entry', args, GAS_CONTEST);
      }
      default:
        return unreachable(action);
    }
  }

  async keepAlive(id: ChannelId, delaysMs: ReadonlyMap<Address, number>, signer: SessionSigner): Promise<void> {
    const { sdk } = await this.#connect();
    const delays = [...delaysMs];
    const args = [
      new sdk.U64(id),
      new sdk.MoveVector(delays.map(([peer]) => sdk.AccountAddress.from(peer))),
      new sdk.MoveVector(delays.map(([, delayMs]) => new sdk.U64(Math.round(delayMs)))),
    ];
    return this.#run(signer, 'sending the heartbeat', 'keep_alive_entry', args, GAS_HEARTBEAT);
  }

  async sessionBalance(signer: SessionSigner): Promise<bigint> {
    return (await this.#session(signer)).balance();
  }

  async close(): Promise<void> {
    this.#connection = undefined;
    this.#sessions.clear();
  }

  /** What is too long for a transaction goes ahead in parts, and the transaction's own argument is empty. */
  async #dataOrParcel(signer: SessionSigner, data: Bytes): Promise<Bytes> {
    if (data.length <= ARGUMENT_SIZE_MAX) return data;
    const { sdk } = await this.#connect();
    const parcel = (name: string) => `${this.#options.contract}::parcel::${name}`;
    const owner = sessionAddress(signer.nodeKey);
    const [left] = asList(await this.#viewOf(parcel('size'), [owner]), 'parcel size', 1);
    // Of an attempt that did not come to an end.
    if (left !== '0') {
      await this.#send(signer, 'discarding a parcel', entryFunction(sdk, parcel('discard_entry'), []), GAS_VOTE);
    }
    for (let at = 0; at < data.length; at += ARGUMENT_SIZE_MAX) {
      const part = sdk.MoveVector.U8(data.subarray(at, at + ARGUMENT_SIZE_MAX));
      const payload = entryFunction(sdk, parcel('put_entry'), [part]);
      await this.#send(signer, 'sending a parcel', payload, GAS_VOTE + GAS_PROPOSAL_PER_BYTE * ARGUMENT_SIZE_MAX);
    }
    return new Uint8Array();
  }

  async #viewOf(name: string, functionArguments: readonly string[]): Promise<unknown> {
    const { aptos } = await this.#connect();
    return this.#ask(`view ${name}`, () =>
      aptos.viewJson({ payload: { function: name as MoveStructId, functionArguments: [...functionArguments] } }),
    );
  }

  async #close(signer: SessionSigner, id: InstanceType<Sdk['U64']>): Promise<void> {
    try {
      await this.#run(signer, 'closing the channel', 'close_entry', [id], GAS_VOTE);
    } catch (error) {
      // Another member was quicker.
      if (!(error instanceof ChainError) || error.abort?.name !== 'E_CHANNEL_CLOSING') throw error;
    }
  }

  async #withAssets(description: ChannelDescription, member: ChainMember, restarts: bigint): Promise<ChainMember> {
    const type = description.assetsType;
    if (await this.#isEmpty(description)) return member;
    const key = `${description.scope.channelId}/${member.joinSequence}/${restarts}`;
    if (!this.#assets.has(key)) {
      const args = [String(description.scope.channelId), member.address];
      this.#assets.set(key, { type, value: await this.#bytesView('assets_bytes', formatTypeTag(type), args) });
    }
    const assets = this.#assets.get(key);
    return { ...member, ...(assets && { assets }) };
  }

  /** Whether the asset type has no fields (Move gives such a struct one, `dummy_field`). */
  async #isEmpty({ assetsType }: ChannelDescription): Promise<boolean> {
    const name = formatTypeTag(assetsType);
    const known = this.#emptyAssets.get(name);
    if (known !== undefined) return known;
    const { aptos } = await this.#connect();
    const { abi } = await this.#ask(`the module of ${name}`, () =>
      aptos.getAccountModule({ accountAddress: assetsType.address, moduleName: assetsType.module }),
    );
    const fields = abi?.structs.find((struct) => struct.name === assetsType.name)?.fields ?? [];
    const isEmpty = fields.length === 0 || (fields.length === 1 && fields[0]?.name === 'dummy_field');
    this.#emptyAssets.set(name, isEmpty);
    return isEmpty;
  }

  async #module({ address, name }: ModuleName): Promise<ChannelModule> {
    const { aptos } = await this.#connect();
    const what = `module ${shortAddress(address)}::${name}`;
    const module = await this.#ask(what, () => aptos.getAccountModule({ accountAddress: address, moduleName: name }));
    return decoding(what, () => ({ address, name, bytecode: fromHex(module.bytecode, 'bytecode') }));
  }

  async #bytesView(name: string, type: string, args: readonly string[]): Promise<Bytes> {
    const json = await this.#view(name, [type], args);
    return decoding(name, () => {
      if (typeof json !== 'string') throw new DecodeError(name, 'not hex', 0);
      return fromHex(json, name);
    });
  }

  /** The one value that a view of the contract returns. */
  async #view(name: string, typeArguments: readonly string[], functionArguments: readonly string[]): Promise<unknown> {
    const { aptos } = await this.#connect();
    const json: unknown = await this.#ask(`view ${name}`, () =>
      aptos.viewJson({
        payload: {
          function: `${this.#options.contract}::state_channel::${name}`,
          // A struct's type in text is what the template type means.
          typeArguments: typeArguments as MoveStructId[],
          functionArguments: [...functionArguments],
        },
      }),
    );
    return decoding(name, () => asList(json, name, 1)[0]);
  }

  async #run(
    signer: SessionSigner,
    what: string,
    name: string,
    args: Parameters<typeof entryFunction>[2],
    gasMax: number,
  ): Promise<void> {
    const { sdk } = await this.#connect();
    const payload = entryFunction(sdk, `${this.#options.contract}::state_channel::${name}`, args);
    return this.#send(signer, what, payload, gasMax);
  }

  async #send(signer: SessionSigner, what: string, payload: TransactionPayload, gasMax: number): Promise<void> {
    const session = await this.#session(signer);
    return withinTime(session.run(what, payload, gasMax), what, SUBMIT_MS_MAX);
  }

  #session(signer: SessionSigner): Promise<SessionAccount> {
    const key = toHex(signer.seed);
    let session = this.#sessions.get(key);
    if (!session) {
      session = this.#connect().then(({ sdk, aptos, chainId }) => new SessionAccount(sdk, aptos, chainId, signer.seed));
      session.catch(() => this.#sessions.delete(key));
      this.#sessions.set(key, session);
    }
    return session;
  }

  /** Loads the ts-sdk and asks the chain for its id; tried again by the next call if that fails. */
  #connect(): Promise<Connection> {
    this.#connection ??= this.#open().catch((error: unknown) => {
      this.#connection = undefined;
      throw error;
    });
    return this.#connection;
  }

  async #open(): Promise<Connection> {
    const sdk = await import('@aptos-labs/ts-sdk');
    // The network's name decides only addresses and ids that are given or asked for here; `custom` would log a note for each instance.
    const aptos = new sdk.Aptos(new sdk.AptosConfig({ network: sdk.Network.LOCAL, fullnode: this.#options.url }));
    const { chain_id } = await this.#ask('the chain', () => aptos.getLedgerInfo());
    return { sdk, aptos, chainId: chain_id };
  }

  async #ask<T>(what: string, ask: () => Promise<T>): Promise<T> {
    try {
      return await withinTime(ask(), what, ANSWER_MS_MAX);
    } catch (cause) {
      throw asChainError(cause, what);
    }
  }
}

function entryFunction(
  sdk: Sdk,
  name: string,
  args: readonly InstanceType<Sdk['U64' | 'U8' | 'MoveVector' | 'AccountAddress']>[],
): TransactionPayload {
  const { address, name: module } = functionModule(name);
  const fn = name.slice(name.lastIndexOf('::') + 2);
  return new sdk.TransactionPayloadEntryFunction(sdk.EntryFunction.build(`${address}::${module}`, fn, [], [...args]));
}

/** @throws ChainError (`not-found`) */
function labelled({ labels }: ChannelDescription, label: string): string {
  const name = labels.get(label);
  if (name === undefined) throw new ChainError('not-found', `the channel has no label "${label}"`);
  return name;
}

/** The module of `0x…::module::function`. @throws ChainError (`malformed`) */
function functionModule(name: string): ModuleName {
  return decoding('a function name', () => {
    const { address, module } = parseStructTag(name, 'function name');
    return { address, name: module };
  });
}

function decoding<T>(what: string, decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    throw asChainError(cause, what);
  }
}

async function withinTime<T>(promise: Promise<T>, what: string, msMax: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ChainError('unreachable', `${what}: no answer in ${msMax / 1000} s`)), msMax);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
