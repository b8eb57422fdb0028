// The page of the VM benchmark: hands a question to a new worker and gives back its answer.

import type { Question } from './protocol.ts';

async function ask(question: Question): Promise<unknown> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  try {
    return await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => ('answer' in data ? resolve(data.answer) : reject(new Error(data.problem)));
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(question);
    });
  } finally {
    worker.terminate();
  }
}

Object.assign(window, { ask });
