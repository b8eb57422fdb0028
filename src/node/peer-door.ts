// The door for what peers send: decodes, checks every signature, and lets through in the order in which each peer sent. What is no message, or
// carries a bad signature, never reaches the channel ([S3], [P4] of docs/protocol.md).

import type { Bytes } from '../base/bytes.ts';
import type { NodeKey } from '../base/ids.ts';
import type { ChannelMessage } from '../channel/messages.ts';
import type { ChannelScope } from '../channel/scope.ts';
import { signaturesOf } from '../channel/signatures.ts';
import { decodePeerMessage } from '../wire/peer.ts';
import type { Verifier } from './ed25519.ts';

/** Bytes of one peer that may wait for their signatures to be checked: some of the largest messages. One that sends faster than this node checks is out of sync. */
const WAITING_BYTES_MAX = 32 * 1024 * 1024;

export interface PeerDoorOptions {
  readonly scope: ChannelScope;
  readonly verifier: Verifier;
  readonly onMessage: (from: NodeKey, message: ChannelMessage) => void;
  /** The peer sent what no honest node of this version sends. */
  readonly onBad: (from: NodeKey, reason: string) => void;
}

interface Lane {
  tail: Promise<void>;
  bytes: number;
}

export class PeerDoor {
  readonly #options: PeerDoorOptions;
  readonly #lanes = new Map<NodeKey, Lane>();
  #closed = false;

  constructor(options: PeerDoorOptions) {
    this.#options = options;
  }

  receive(from: NodeKey, data: Bytes): void {
    const lane = this.#lanes.get(from) ?? { tail: Promise.resolve(), bytes: 0 };
    this.#lanes.set(from, lane);
    if (lane.bytes + data.length > WAITING_BYTES_MAX) {
      this.#options.onBad(from, 'messages come faster than they can be checked');
      return;
    }
    const decoded = decodePeerMessage(data);
    if (!decoded.ok) {
      this.#options.onBad(from, decoded.error.problem);
      return;
    }
    const message = decoded.value;
    lane.bytes += data.length;
    // Checked at once and together with others, let through in turn.
    const check = this.#check(message);
    lane.tail = lane.tail.then(async () => {
      const isGood = await check;
      lane.bytes -= data.length;
      if (this.#closed) return;
      if (isGood) this.#options.onMessage(from, message);
      else this.#options.onBad(from, `a ${message.kind} with a bad signature`);
    });
  }

  close(): void {
    this.#closed = true;
  }

  async #check(message: ChannelMessage): Promise<boolean> {
    const { scope, verifier } = this.#options;
    try {
      const checks = signaturesOf(scope, message).map(({ signer, message: signed, signature }) =>
        verifier.verify(signer, signed, signature),
      );
      return (await Promise.all(checks)).every(Boolean);
    } catch {
      // The platform would not even try: as good as a bad signature.
      return false;
    }
  }
}
