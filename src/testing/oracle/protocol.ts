// What goes between the oracle and the child process that holds the Rust VM: one request, one reply, in order.

/** `open` is the bytecode that the Rust VM gets, see open-module.ts. */
export interface PublishedModule {
  readonly address: Uint8Array;
  readonly name: string;
  readonly open: Uint8Array;
}

export type WorkerRequest =
  | { readonly kind: 'publish'; readonly modules: readonly PublishedModule[] }
  /** `value` absent: delete. */
  | { readonly kind: 'write'; readonly key: Uint8Array; readonly value?: Uint8Array }
  | { readonly kind: 'read'; readonly key: Uint8Array }
  | {
      readonly kind: 'run';
      readonly mode: 'execute' | 'view' | 'script';
      readonly environment: Uint8Array;
      readonly senders: Uint8Array;
      /** The function or the script, with its arguments. */
      readonly call: Uint8Array;
      readonly gasLimit: bigint;
      /** Keep what an execution writes. */
      readonly commit: boolean;
    };

export interface StorageWrite {
  readonly key: Uint8Array;
  readonly old?: Uint8Array;
  readonly new?: Uint8Array;
}

export type WorkerReply =
  | { readonly kind: 'done' }
  | { readonly kind: 'value'; readonly value?: Uint8Array }
  | {
      readonly kind: 'ran';
      readonly gasUsed: bigint;
      /** From the call into the library until it returns, what it reads and writes included. */
      readonly durationMs: number;
      readonly writes: readonly StorageWrite[];
      /** The VM's result as it encodes it, or what it says went wrong. */
      readonly outcome:
        | { readonly ok: true; readonly result: Uint8Array }
        | { readonly ok: false; readonly problem: string };
    }
  | { readonly kind: 'failed'; readonly problem: string };
