// Every signature that a message carries, so that the node can check them at its door ([S3]) before the channel sees the message.

import type { Bytes } from '../base/bytes.ts';
import { unreachable } from '../base/errors.ts';
import type { NodeKey } from '../base/ids.ts';
import {
  type Acknowledgement,
  acknowledgementSigningMessage,
  batchSigningMessage,
  type Certificate,
  type SignedBatch,
} from './batch.ts';
import type { ChannelMessage } from './messages.ts';
import { recoverySigningMessage } from './recovery.ts';
import type { ChannelScope } from './scope.ts';
import { settlementSigningMessage } from './signed-settlement.ts';
import { electionSigningMessage } from './succession.ts';
import { type MemberTransaction, transactionSigningMessage } from './transaction.ts';

export interface SignatureClaim {
  readonly signer: NodeKey;
  readonly message: Bytes;
  readonly signature: Bytes;
}

/**
 * Empty for messages that nobody signs. A batch claims its own signature by the leader that its header names, and those of its
 * members' transactions; whether that leader leads the term is judged by [B3].
 */
export function signaturesOf(scope: ChannelScope, message: ChannelMessage): SignatureClaim[] {
  switch (message.kind) {
    case 'history':
      return [
        ...message.batches.flatMap((batch) => ofBatch(scope, batch)),
        ...(message.certificate ? ofCertificate(scope, message.certificate) : []),
      ];
    case 'batch':
      return ofBatch(scope, message.batch);
    case 'transaction':
      return [ofTransaction(scope, message.transaction)];
    case 'acknowledgement':
      return [ofAcknowledgement(scope, message.acknowledgement)];
    case 'certificate':
      return ofCertificate(scope, message.certificate);
    case 'recovered': {
      const { term, tip, isWhole, signer, signature } = message;
      return [{ signer, message: recoverySigningMessage(scope, term, tip, isWhole), signature }];
    }
    case 'settlementSigned': {
      const { dataHash, signer, signature } = message;
      return [{ signer, message: settlementSigningMessage(scope, dataHash), signature }];
    }
    case 'electionSigned': {
      const { term, successor, signer, signature } = message;
      return [{ signer, message: electionSigningMessage(scope, term, successor), signature }];
    }
    case 'hello':
    case 'election':
    case 'settlement':
    case 'snapshot':
    case 'recover':
    case 'seek':
    case 'sought':
    case 'heartbeat':
    case 'refused':
      return [];
    default:
      return unreachable(message);
  }
}

function ofBatch(scope: ChannelScope, batch: SignedBatch): SignatureClaim[] {
  const { header, signature } = batch;
  const claims: SignatureClaim[] = [{ signer: header.leader, message: batchSigningMessage(scope, header), signature }];
  for (const transaction of batch.transactions) {
    if (transaction.kind === 'member') claims.push(ofTransaction(scope, transaction));
  }
  return claims;
}

function ofTransaction(scope: ChannelScope, transaction: MemberTransaction): SignatureClaim {
  const { sender: signer, signature } = transaction;
  return { signer, message: transactionSigningMessage(scope, transaction), signature };
}

function ofAcknowledgement(scope: ChannelScope, acknowledgement: Acknowledgement): SignatureClaim {
  const { signer, signature } = acknowledgement;
  return { signer, message: acknowledgementSigningMessage(scope, acknowledgement), signature };
}

function ofCertificate(scope: ChannelScope, certificate: Certificate): SignatureClaim[] {
  const message = acknowledgementSigningMessage(scope, certificate);
  return certificate.signatures.map(({ signer, signature }) => ({ signer, message, signature }));
}
