// The worker's side of the bridge, apart from the worker itself so that it can be tried without one: starts the node, passes messages on,
// stops it. Whatever comes out of turn is dropped.

import { unreachable } from '../base/errors.ts';
import type { Executor } from '../channel/executor.ts';
import { type StreamError, StreamErrorCode } from '../wire/client.ts';
import type { MainToWorker, WorkerToMain } from './bridge.ts';
import { BRIDGE_VERSION, type NodeStart } from './bridge.ts';
import { BridgedNetwork } from './bridged-network.ts';
import type { ClientSession } from './client-session.ts';
import type { CreatedNode, NodeOptions } from './create-node.ts';
import { asStreamError, StreamFault } from './stream-error.ts';

export interface WorkerHostParts {
  readonly post: (message: WorkerToMain) => void;
  readonly create: (options: NodeOptions) => Promise<CreatedNode>;
  /** Absent in builds without test hooks. */
  readonly wrapExecutor?: (start: NodeStart) => ((executor: Executor) => Executor) | undefined;
}

/** Life: idle → starting → running → closed. */
export class WorkerHost {
  readonly #parts: WorkerHostParts;
  #state: 'idle' | 'starting' | 'running' | 'closed' = 'idle';
  #created: CreatedNode | undefined;
  #network: BridgedNetwork | undefined;
  #session: ClientSession | undefined;

  constructor(parts: WorkerHostParts) {
    this.#parts = parts;
  }

  receive(message: MainToWorker): void {
    switch (message.kind) {
      case 'start':
        if (this.#state === 'idle') void this.#start(message.start);
        return;
      case 'client':
        // Before `started` the page knows of nothing to ask.
        this.#session?.receive(message.request);
        return;
      case 'network':
      case 'listening':
      case 'sent':
        this.#network?.receive(message);
        return;
      case 'close':
        void this.#close();
        return;
      default:
        unreachable(message);
    }
  }

  async #start(start: NodeStart): Promise<void> {
    this.#state = 'starting';
    const { post } = this.#parts;
    try {
      if (start.version !== BRIDGE_VERSION) {
        throw new StreamFault(StreamErrorCode.internal, 'the page and its worker are of different builds: reload');
      }
      const wrapExecutor = this.#parts.wrapExecutor?.(start);
      const created = await this.#parts.create({
        ...start,
        network: ({ nodeKey }) => {
          const network = new BridgedNetwork(nodeKey, (command) => post({ kind: 'network', command }));
          this.#network = network;
          return network;
        },
        onStopped: (reason, message) => {
          const code = reason === 'taken-over' ? StreamErrorCode.identityInUse : StreamErrorCode.storageFailed;
          this.#end({ code, message });
        },
        ...(wrapExecutor && { wrapExecutor }),
      });
      this.#created = created;
      if (this.#isClosed()) {
        await created.stop();
        return;
      }
      this.#state = 'running';
      const { nodeKey, sessionAddress, seed } = created;
      post({ kind: 'started', nodeKey, sessionAddress, seed });
      this.#session = created.node.connectClient((message) => post({ kind: 'client', message }));
      // A network that cannot start leaves a node that still shows its channels; the relay notice says why nobody answers.
      created.node.start().catch((error: unknown) => this.#networkFailed(error));
    } catch (error) {
      this.#end(asStreamError(error));
    }
  }

  #networkFailed(error: unknown): void {
    if (this.#isClosed()) return;
    const detail = error instanceof Error ? error.message : String(error);
    const notice = { kind: 'relay', state: 'unreachable', detail } as const;
    this.#parts.post({ kind: 'client', message: { kind: 'notice', channel: '', notice } });
  }

  async #close(): Promise<void> {
    if (this.#isClosed()) return;
    this.#state = 'closed';
    try {
      // One that is still being made is stopped when it is.
      await this.#created?.stop();
    } finally {
      this.#parts.post({ kind: 'closed' });
    }
  }

  #end(error: StreamError): void {
    if (this.#isClosed()) return;
    this.#state = 'closed';
    this.#parts.post({ kind: 'closed', error });
  }

  /** Asked after an await, when the state may have moved on. */
  #isClosed(): boolean {
    return this.#state === 'closed';
  }
}
