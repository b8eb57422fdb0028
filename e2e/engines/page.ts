// Hands work to a worker, where the VM lives in production, and gives back the transcript.

import type { EngineWork } from '../../src/testing/engines/transcript.ts';

async function transcribe(work: EngineWork): Promise<unknown> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  try {
    return await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) =>
        'transcript' in data ? resolve(data.transcript) : reject(new Error(data.problem));
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(work);
    });
  } finally {
    worker.terminate();
  }
}

Object.assign(window, { transcribe });
