// The faucet: the account that may mint (`0xa550c18`, as on every Aptos test chain), whose grants are ordinary transactions. Its key is
// public knowledge, like everything of value on this chain.

import { ed25519 } from '@noble/curves/ed25519.js';
import { type BcsWriter, encodeBcs } from '../base/bcs.ts';
import { type Bytes, toHex, utf8Encode } from '../base/bytes.ts';
import { assert, DecodeError } from '../base/errors.ts';
import { sha3_256 } from '../base/hash.ts';
import { type Address, parseAddress, parseU64, writeAddress } from '../base/ids.ts';
import type { Json } from '../vm/json.ts';
import { readAccount } from './accounts.ts';
import type { Chain } from './chain.ts';
import { GAS_UNIT_PRICE_MIN, MAX_GAS_AMOUNT } from './gas.ts';
import { jsonObject } from './rest/parameters.ts';
import { type Answer, answer, problem, submitRefused } from './rest/problem.ts';
import { type RestRequest, Router } from './rest/router.ts';
import { authenticationKey, signingMessage } from './signature.ts';

const SECRET_KEY = sha3_256(utf8Encode('STRAIT_DEVCHAIN::Faucet'));
const PUBLIC_KEY = ed25519.getPublicKey(SECRET_KEY) as Bytes;
const LIFETIME_SECS = 60n;

/** One request; the public faucets give 1 APT, tests of stakes want more. */
export const FUND_OCTAS_MAX = 10n ** 15n;
export const FAUCET_ADDRESS: Address = parseAddress('0xa550c18');

/** `POST /fund {address, amount}`, and `POST /mint?address=&amount=` of older clients. */
export function faucetApi(chain: Chain): Router {
  return new Router()
    .on('GET', '/', () => answer('tap:ok'))
    .on('POST', '/fund', (request) => {
      const { address, amount } = readFundRequest(request);
      const funded = fund(chain, address, amount);
      return typeof funded === 'string' ? answer({ txn_hashes: [funded] }) : funded;
    })
    .on('POST', '/mint', (request) => {
      const address = parseAddress(request.query.get('address') ?? '', 'address');
      const amount = readAmount(request.query.get('amount') ?? '');
      const funded = fund(chain, address, amount);
      return typeof funded === 'string' ? answer([funded]) : funded;
    });
}

/** Pays `octas` to `address`, which becomes an account if it was none. The transaction's hash, or why not. */
export function fund(chain: Chain, address: Address, octas: bigint): string | Answer {
  if (octas > FUND_OCTAS_MAX) {
    return problem(400, 'invalid_input', `at most ${FUND_OCTAS_MAX} octas a request`);
  }
  const result = chain.submit(signGrant(chain, address, octas));
  return result.ok ? `0x${toHex(result.value.hash)}` : submitRefused(result.error);
}

function readFundRequest(request: RestRequest): { address: Address; amount: bigint } {
  const body = jsonObject(request.body);
  const address = body.address;
  if (typeof address !== 'string') throw new DecodeError('address', 'not a string', 0);
  return { address: parseAddress(address, 'address'), amount: readAmount(body.amount) };
}

function readAmount(value: Json | undefined): bigint {
  if (typeof value === 'string') return parseU64(value, 'amount');
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return BigInt(value);
  throw new DecodeError('amount', 'not a number of octas', 0);
}

/** `0x1::genesis::fund`, signed. */
function signGrant(chain: Chain, to: Address, octas: bigint): Bytes {
  const raw = encodeBcs((writer) => {
    writeAddress(writer, FAUCET_ADDRESS);
    writer.u64(readAccount(chain.world.view(), FAUCET_ADDRESS).sequenceNumber);
    writeGrant(writer, to, octas);
    writer.u64(MAX_GAS_AMOUNT).u64(GAS_UNIT_PRICE_MIN);
    writer.u64(chain.now() / 1_000_000n + LIFETIME_SECS).u8(chain.chainId);
  });
  const signature = ed25519.sign(signingMessage({ bytes: raw }), SECRET_KEY);
  return encodeBcs((writer) => writer.fixed(raw).uleb128(0).bytes(PUBLIC_KEY).bytes(signature));
}

function writeGrant(writer: BcsWriter, to: Address, octas: bigint): void {
  writer.uleb128(2);
  writeAddress(writer, parseAddress('0x1'));
  writer.string('genesis').string('fund').uleb128(0).uleb128(2);
  writer.bytes(encodeBcs((w) => writeAddress(w, to))).bytes(encodeBcs((w) => w.u64(octas)));
}

/** What genesis makes the key of the faucet's account. */
export function faucetAuthenticationKey(): Bytes {
  const key = authenticationKey({ kind: 'ed25519', publicKey: PUBLIC_KEY, signature: new Uint8Array(64) });
  assert(key !== undefined, 'an Ed25519 key has an authentication key');
  return key;
}
