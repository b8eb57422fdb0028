// Runs the work in this engine.

import { type EngineWork, transcribe } from '../../src/testing/engines/transcript.ts';

self.onmessage = ({ data }: MessageEvent<EngineWork>) => {
  try {
    self.postMessage({ transcript: transcribe(data) });
  } catch (error) {
    self.postMessage({ problem: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
};
