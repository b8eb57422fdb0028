// A set of callbacks. One that throws does not keep the others from being called; its error goes to the platform's report.

export type Unsubscribe = () => void;

export class Listeners<T> {
  readonly #calls = new Set<(value: T) => void>();

  add(call: (value: T) => void): Unsubscribe {
    // A wrapper, so that one function added twice is called twice and removed one at a time.
    const own = (value: T): void => call(value);
    this.#calls.add(own);
    return () => {
      this.#calls.delete(own);
    };
  }

  emit(value: T): void {
    for (const call of [...this.#calls]) {
      try {
        call(value);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  clear(): void {
    this.#calls.clear();
  }
}
