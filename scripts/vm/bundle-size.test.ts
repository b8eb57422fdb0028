// The VM stays small enough for a page.

import { expect, it } from 'vitest';
import { VM_BUNDLE_BYTES_MAX, vmBundleBytes } from './bundle-size.ts';

it('the Move VM is at most 120 KB of a page, gzipped', async () => {
  const bytes = await vmBundleBytes();
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThanOrEqual(VM_BUNDLE_BYTES_MAX);
});
