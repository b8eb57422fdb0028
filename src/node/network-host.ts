// The main thread's end of the network: carries out what the worker's node asks of the real network and reports what happens there.

import { unreachable } from '../base/errors.ts';
import type { NodeKey } from '../base/ids.ts';
import type { PageNetwork, Presence } from '../ports/network.ts';
import type { MainToWorker, NetworkCommand } from './bridge.ts';

type Report = Extract<MainToWorker, { kind: 'network' | 'listening' | 'sent' }>;

/** Life: `listen` comes first; after `close` every command is dropped and nothing is reported. */
export class NetworkHost {
  readonly #open: () => Promise<PageNetwork>;
  readonly #report: (report: Report) => void;
  #network: PageNetwork | undefined;
  /** Resolved once it is known whether there will be a network. */
  readonly #begun: Promise<void>;
  #begin: () => void = () => {};
  /** Commands that came while the network was starting. */
  #early: Exclude<NetworkCommand, { command: 'listen' | 'close' }>[] = [];
  #refused: ReadonlySet<NodeKey> = new Set();
  #state: 'idle' | 'starting' | 'open' | 'closed' = 'idle';

  /** `open` makes the network; it is called once, when the node asks to listen. */
  constructor(open: () => Promise<PageNetwork>, report: (report: Report) => void) {
    this.#open = open;
    this.#report = report;
    this.#begun = new Promise((resolve) => {
      this.#begin = resolve;
    });
  }

  command(command: NetworkCommand): void {
    if (this.#state === 'closed') return;
    if (command.command === 'listen') {
      if (this.#state === 'idle') void this.#listen();
      return;
    }
    if (command.command === 'close') {
      void this.close();
      return;
    }
    if (this.#network && this.#state === 'open') this.#carryOut(this.#network, command);
    else this.#early.push(command);
  }

  /** Asked by the page itself, not by the node. Waits for the network to start. */
  async presence(peer: NodeKey): Promise<Presence> {
    await this.#begun;
    return this.#state === 'open' && this.#network ? this.#network.presence(peer) : 'unknown';
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#begin();
    this.#early = [];
    await this.#network?.close();
  }

  async #listen(): Promise<void> {
    this.#state = 'starting';
    try {
      const network = await this.#open();
      this.#network = network;
      network.admit((peer) => !this.#refused.has(peer));
      await network.listen((event) => {
        if (this.#state !== 'closed') this.#report({ kind: 'network', event });
      });
      if (this.#isClosed()) {
        await network.close();
        return;
      }
      this.#state = 'open';
      for (const command of this.#early) this.#carryOut(network, command);
      this.#early = [];
      this.#begin();
      this.#report({ kind: 'listening' });
    } catch (error) {
      if (this.#isClosed()) return;
      this.#state = 'closed';
      this.#begin();
      this.#report({ kind: 'listening', error: error instanceof Error ? error.message : String(error) });
    }
  }

  /** Asked after an await, when the state may have moved on. */
  #isClosed(): boolean {
    return this.#state === 'closed';
  }

  #carryOut(network: PageNetwork, command: Exclude<NetworkCommand, { command: 'listen' | 'close' }>): void {
    switch (command.command) {
      case 'connect':
        network.connect(command.peer);
        return;
      case 'disconnect':
        network.disconnect(command.peer);
        return;
      case 'reset':
        network.disconnect(command.peer);
        network.connect(command.peer);
        return;
      case 'send':
        // A message that the network drops is repeated by the protocol; either way it is off our hands.
        network.send(command.peer, command.data);
        this.#report({ kind: 'sent', peer: command.peer, bytes: command.data.length });
        return;
      case 'refuse': {
        const refused = new Set(command.peers);
        for (const peer of refused) if (!this.#refused.has(peer)) network.disconnect(peer);
        this.#refused = refused;
        return;
      }
      default:
        unreachable(command);
    }
  }
}
