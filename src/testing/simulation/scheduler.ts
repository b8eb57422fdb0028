// Simulated time: what is due next runs next; ties in the order they were set.

interface Task {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

export class Scheduler {
  nowMs: number;
  #order = 0;
  /** A binary heap by time, then order. */
  readonly #heap: Task[] = [];

  constructor(startMs: number) {
    this.nowMs = startMs;
  }

  after(delayMs: number, run: () => void): void {
    this.#push({ atMs: this.nowMs + Math.max(0, delayMs), order: this.#order++, run });
  }

  /** Runs everything that is due up to then, and leaves the time there. */
  runUntil(endMs: number): void {
    for (let task = this.#heap[0]; task && task.atMs <= endMs; task = this.#heap[0]) {
      this.#pop();
      this.nowMs = task.atMs;
      task.run();
    }
    this.nowMs = Math.max(this.nowMs, endMs);
  }

  #push(task: Task): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(task);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || isBefore(above, task)) break;
      heap[index] = above;
      heap[parent] = task;
      index = parent;
    }
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      const left = heap[2 * index + 1];
      const right = heap[2 * index + 2];
      const child = left && right && isBefore(right, left) ? 2 * index + 2 : 2 * index + 1;
      const below = heap[child];
      if (below === undefined || isBefore(last, below)) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = last;
  }
}

function isBefore(a: Task, b: Task): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
