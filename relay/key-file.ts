// The relay's identity on disk: 32 bytes of hex, readable by its owner alone. Clients name a relay by its identity, so it must outlive a
// restart.

import { readFile, writeFile } from 'node:fs/promises';
import { generateKeyPair, generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import type { Ed25519PrivateKey } from '@libp2p/interface';
import { fromHex, toHex } from '../src/base/bytes.ts';
import { RelayOptionError } from './options.ts';

const SEED_SIZE = 32;

/** Reads the key, or makes one if the file is not there. @throws RelayOptionError when the file is something else or cannot be used */
export async function loadRelayKey(file: string): Promise<Ed25519PrivateKey> {
  try {
    const key = await generateKeyPair('Ed25519');
    // Fails if the file exists, also when two relays start at once.
    await writeFile(file, `${toHex(key.raw.subarray(0, SEED_SIZE))}\n`, { flag: 'wx', mode: 0o600 });
    return key;
  } catch (error) {
    if (!isFileExists(error))
      throw new RelayOptionError(`key file ${file}: cannot be made: ${text(error)}`, { cause: error });
  }
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (error) {
    throw new RelayOptionError(`key file ${file}: cannot be read: ${text(error)}`, { cause: error });
  }
  if (!/^[0-9a-f]{64}\s*$/.test(content)) throw new RelayOptionError(`key file ${file}: holds no key (64 hex digits)`);
  return generateKeyPairFromSeed('Ed25519', fromHex(content.trim()));
}

function isFileExists(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
