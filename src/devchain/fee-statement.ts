// The event that every transaction ends with: what it cost, in parts.

import { decodeBcs, encodeBcs } from '../base/bcs.ts';
import type { Bytes } from '../base/bytes.ts';
import { formatTypeTag } from '../base/type-tag.ts';
import type { FeeStatement } from './gas-meter.ts';
import type { Outcome } from './ledger.ts';

const FEE_STATEMENT = '0x1::transaction_fee::FeeStatement';

/** BCS of the struct. */
export function encodeStatement(fee: FeeStatement): Bytes {
  return encodeBcs((writer) => {
    writer.u64(fee.totalChargeGasUnits).u64(fee.executionGasUnits).u64(fee.ioGasUnits);
    writer.u64(fee.storageFeeOctas).u64(fee.storageFeeRefundOctas);
  });
}

/** Undefined for genesis and for what was never executed. */
export function feeStatementOf({ events }: Pick<Outcome, 'events'>): FeeStatement | undefined {
  const event = events.findLast(({ type }) => formatTypeTag(type) === FEE_STATEMENT);
  return (
    event &&
    decodeBcs(event.data, 'fee statement', (reader) => ({
      totalChargeGasUnits: reader.u64('total_charge_gas_units'),
      executionGasUnits: reader.u64('execution_gas_units'),
      ioGasUnits: reader.u64('io_gas_units'),
      storageFeeOctas: reader.u64('storage_fee_octas'),
      storageFeeRefundOctas: reader.u64('storage_fee_refund_octas'),
    }))
  );
}

/** What the payer paid at the end, in octas: less than nothing where more came back for storage than the gas cost. */
export function feeOctasOf(outcome: Pick<Outcome, 'events' | 'gasUsed'>, gasUnitPrice: bigint): bigint {
  return outcome.gasUsed * gasUnitPrice - (feeStatementOf(outcome)?.storageFeeRefundOctas ?? 0n);
}
