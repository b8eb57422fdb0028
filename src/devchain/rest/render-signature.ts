// Signatures as the REST API shows them (aptos-core, api/types/src/transaction.rs).

import { unreachable } from '../../base/errors.ts';
import type { Json } from '../../vm/json.ts';
import {
  type AccountAuthenticator,
  type AnyPublicKey,
  type AnySignature,
  signerIndices,
  type TransactionAuthenticator,
} from '../authenticator.ts';
import { formatAddress, formatBytes } from '../format.ts';

const ANY_TYPES = {
  ed25519: 'ed25519',
  secp256k1: 'secp256k1_ecdsa',
  secp256r1: 'secp256r1_ecdsa',
  webAuthn: 'web_authn',
} as const;

type JsonObject = { readonly [key: string]: Json };

export function renderSignature(authenticator: TransactionAuthenticator): Json {
  const { kind, sender, secondary, feePayer } = authenticator;
  const cosigners = {
    secondary_signer_addresses: secondary.map(({ address }) => formatAddress(address)),
    secondary_signers: secondary.map((signer) => renderAccountSignature(signer.authenticator)),
  };
  switch (kind) {
    case 'single':
      return isSingleSender(sender)
        ? { ...renderAccountSignature(sender), type: 'single_sender' }
        : renderAccountSignature(sender);
    case 'multiAgent':
      return { sender: renderAccountSignature(sender), ...cosigners, type: 'multi_agent_signature' };
    case 'feePayer':
      return {
        sender: renderAccountSignature(sender),
        ...cosigners,
        fee_payer_address: feePayer ? formatAddress(feePayer.address) : null,
        fee_payer_signer: feePayer ? renderAccountSignature(feePayer.authenticator) : null,
        type: 'fee_payer_signature',
      };
    default:
      return unreachable(kind);
  }
}

function isSingleSender(authenticator: AccountAuthenticator): boolean {
  return authenticator.kind !== 'ed25519' && authenticator.kind !== 'multiEd25519';
}

function renderAccountSignature(authenticator: AccountAuthenticator): JsonObject {
  switch (authenticator.kind) {
    case 'ed25519':
      return {
        public_key: formatBytes(authenticator.publicKey),
        signature: formatBytes(authenticator.signature),
        type: 'ed25519_signature',
      };
    case 'multiEd25519':
      return {
        public_keys: authenticator.publicKeys.map(formatBytes),
        signatures: authenticator.signatures.map(formatBytes),
        threshold: authenticator.threshold,
        bitmap: formatBytes(authenticator.bitmap),
        type: 'multi_ed25519_signature',
      };
    case 'singleKey':
      return {
        public_key: renderAny(authenticator.publicKey),
        signature: renderAny(authenticator.signature),
        type: 'single_key_signature',
      };
    case 'multiKey': {
      const indices = signerIndices(authenticator.bitmap);
      return {
        public_keys: authenticator.publicKeys.map(renderAny),
        signatures: authenticator.signatures.map((signature, index) => ({
          index: indices[index] ?? index,
          signature: renderAny(signature),
        })),
        signatures_required: authenticator.threshold,
        type: 'multi_key_signature',
      };
    }
    case 'none':
      return { type: 'no_account_signature' };
    default:
      return unreachable(authenticator);
  }
}

function renderAny({ kind, bytes }: AnyPublicKey | AnySignature): Json {
  return { value: formatBytes(bytes), type: ANY_TYPES[kind] };
}
