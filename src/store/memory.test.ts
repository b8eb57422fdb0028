// The memory store against the common suite.

import { MemoryDisk, MemoryStore } from './memory.ts';
import { storeSuite } from './store.suite.ts';

storeSuite('memory', async () => {
  const disk = new MemoryDisk();
  return {
    open: async () => new MemoryStore(disk),
    fillUp: () => {
      disk.quotaBytes = disk.usedBytes + 10;
    },
    dispose: async () => {},
  };
});
