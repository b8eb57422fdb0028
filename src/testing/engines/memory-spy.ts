// Looks over the engine's shoulder: which memories WebAssembly is given, where what runs in one says that its arena ends, and memory that
// cannot grow. For tests that must know more than the VM tells.

/** A WebAssembly global. */
interface Cell {
  value: number;
}
/** What a unit of the VM has of these among its imports or exports. */
interface Shared {
  readonly memory?: unknown;
  readonly top?: Cell;
}

export interface MemorySpy {
  /** In the order in which they were made since `begin`. */
  readonly memories: readonly WebAssembly.Memory[];
  /** Where the arena in a memory ends, by what ran since `forgetTop`. 0: nothing ran. */
  top(memory: WebAssembly.Memory): number;
  forgetTop(memory: WebAssembly.Memory): void;
  /** While `body` runs, no memory grows. */
  refuseGrowth(body: () => void): void;
  begin(): void;
  /** Puts the engine's own constructors back. */
  end(): void;
}

/** One at a time in a process. */
export function spyOnMemory(): MemorySpy {
  const engine = { Memory: WebAssembly.Memory, Instance: WebAssembly.Instance };
  const memories: WebAssembly.Memory[] = [];
  const tops = new Map<unknown, Set<Cell>>();
  const topsOf = (memory: unknown): readonly Cell[] => [...(tops.get(memory) ?? [])];
  return {
    memories,
    top: (memory) => Math.max(0, ...topsOf(memory).map(({ value }) => value)),
    forgetTop: (memory) => {
      for (const cell of topsOf(memory)) cell.value = 0;
    },
    refuseGrowth: (body) => {
      const { grow } = engine.Memory.prototype;
      engine.Memory.prototype.grow = () => {
        throw new RangeError('no memory left');
      };
      try {
        body();
      } finally {
        engine.Memory.prototype.grow = grow;
      }
    },
    begin: () => {
      WebAssembly.Memory = class extends engine.Memory {
        constructor(descriptor: WebAssembly.MemoryDescriptor) {
          super(descriptor);
          memories.push(this);
        }
      };
      WebAssembly.Instance = class extends engine.Instance {
        constructor(module: WebAssembly.Module, imports: WebAssembly.Imports = {}) {
          super(module, imports);
          const { memory, top } = (imports.host ?? {}) as Shared;
          const cells = tops.get(memory) ?? new Set();
          for (const cell of [top, (this.exports as Shared).top]) if (cell) cells.add(cell);
          tops.set(memory, cells);
        }
      };
    },
    end: () => Object.assign(WebAssembly, engine),
  };
}
