// Counts what the engine compiles, which the VM does once for a function and keeps.

export interface Compilations {
  /** WebAssembly modules since the counting began. */
  readonly count: number;
  /** Puts the engine's own constructor back. */
  end(): void;
}

/** One at a time in a process; `end` it in the test. */
export function countCompilations(): Compilations {
  const engine = WebAssembly.Module;
  let count = 0;
  WebAssembly.Module = class extends engine {
    constructor(bytes: BufferSource) {
      super(bytes);
      count++;
    }
  };
  return {
    get count() {
      return count;
    },
    end: () => {
      WebAssembly.Module = engine;
    },
  };
}
