// One balance for all that a transaction uses, and limits beside it.

import { describe, expect, it } from 'vitest';
import {
  EXECUTION_GAS_MAX,
  GAS_UNIT_PRICE_MIN,
  IO_GAS_MAX,
  intrinsicGas,
  MAX_GAS_AMOUNT,
  STORAGE_FEE_OCTAS_MAX,
} from './gas.ts';
import { GasMeter } from './gas-meter.ts';

const UNIT = 1_000_000n;

describe('a gas meter', () => {
  it('rounds the sum up, and the parts by themselves', () => {
    const meter = new GasMeter(1_000n, GAS_UNIT_PRICE_MIN);
    expect(meter.chargeExecution(27_600_000n)).toBeUndefined();
    expect(meter.chargeIo(300_000n)).toBeUndefined();
    expect(meter.chargeStorage(1_010n)).toBeUndefined();
    expect(meter.gasUsed).toBe(38n);
    expect(meter.statement(7n)).toEqual({
      totalChargeGasUnits: 38n,
      executionGasUnits: 28n,
      ioGasUnits: 1n,
      storageFeeOctas: 1_010n,
      storageFeeRefundOctas: 7n,
    });
  });

  it('turns octas into gas at the price', () => {
    for (const [price, gas] of [
      [100n, 10n],
      [300n, 4n],
      [1_000n, 1n],
      [5_000n, 1n],
    ] as const) {
      const meter = new GasMeter(1_000n, price);
      expect(meter.chargeStorage(1_000n)).toBeUndefined();
      expect(meter.gasUsed).toBe(gas);
    }
    const free = new GasMeter(1_000n, 0n);
    expect(free.chargeStorage(1_000n)).toBeUndefined();
    expect(free.gasUsed).toBe(0n);
  });

  it('is exact to the last unit', () => {
    const enough = new GasMeter(10n, GAS_UNIT_PRICE_MIN);
    expect(enough.chargeIo(10n * UNIT)).toBeUndefined();
    const short = new GasMeter(10n, GAS_UNIT_PRICE_MIN);
    expect(short.chargeIo(10n * UNIT + 1n)).toBe('OUT_OF_GAS');
    expect(short.gasUsed).toBe(10n);
  });

  it('knows which limit was reached, and that gas ends first where there is less of it', () => {
    const rich = () => new GasMeter(MAX_GAS_AMOUNT, 1_000n);
    expect(rich().chargeExecution(EXECUTION_GAS_MAX)).toBeUndefined();
    expect(rich().chargeExecution(EXECUTION_GAS_MAX + 1n)).toBe('EXECUTION_LIMIT_REACHED');
    expect(rich().chargeIo(IO_GAS_MAX)).toBeUndefined();
    expect(rich().chargeIo(IO_GAS_MAX + 1n)).toBe('IO_LIMIT_REACHED');
    expect(rich().chargeStorage(STORAGE_FEE_OCTAS_MAX)).toBeUndefined();
    expect(rich().chargeStorage(STORAGE_FEE_OCTAS_MAX + 1n)).toBe('STORAGE_LIMIT_REACHED');
    expect(new GasMeter(9_199n, 1_000n).chargeExecution(EXECUTION_GAS_MAX + 1n)).toBe('OUT_OF_GAS');
    expect(new GasMeter(1_000n, 1_000n).chargeStorage(STORAGE_FEE_OCTAS_MAX + 1n)).toBe('OUT_OF_GAS');
  });

  it('gives a run at least what is left, and no more of each part than its limit', () => {
    const meter = new GasMeter(105n, GAS_UNIT_PRICE_MIN);
    meter.chargeExecution(27_600_000n);
    meter.chargeIo(1_000n);
    // 77.399 units, of which ten are one of the VM's.
    expect(meter.runLimits).toEqual({
      gasLimit: 8n,
      partLimits: { execution: EXECUTION_GAS_MAX / 10n - 2_760_000n, io: IO_GAS_MAX / 10n - 100n },
    });
  });

  it('takes what a run used in parts', () => {
    const meter = (gas: bigint) => {
      const begun = new GasMeter(gas, GAS_UNIT_PRICE_MIN);
      begun.chargeExecution(27_600_000n);
      return begun;
    };
    const enough = meter(105n);
    expect(enough.chargeRun({ execution: 4n * UNIT, io: 3_740_000n })).toBeUndefined();
    expect(enough.gasUsed).toBe(105n);
    expect(meter(105n).chargeRun({ execution: 4n * UNIT, io: 3_740_001n })).toBe('OUT_OF_GAS');
    // What passed the limit is paid for, and what the other part had taken by then.
    const long = meter(MAX_GAS_AMOUNT);
    expect(long.chargeRun({ execution: 917_240_001n, io: 5n * UNIT })).toBe('EXECUTION_LIMIT_REACHED');
    expect(long.statement(0n)).toMatchObject({
      executionGasUnits: 9_201n,
      ioGasUnits: 50n,
      totalChargeGasUnits: 9_251n,
    });
    const wide = meter(MAX_GAS_AMOUNT);
    expect(wide.chargeRun({ execution: 5n * UNIT, io: 1_030n * UNIT })).toBe('IO_LIMIT_REACHED');
    expect(wide.statement(0n)).toMatchObject({
      executionGasUnits: 78n,
      ioGasUnits: 10_300n,
      totalChargeGasUnits: 10_378n,
    });
    expect(meter(9_250n).chargeRun({ execution: 917_240_001n, io: 5n * UNIT })).toBe('OUT_OF_GAS');
  });

  it('asks a transaction for what its size costs', () => {
    expect(intrinsicGas(0)).toBe(28n);
    expect(intrinsicGas(600)).toBe(28n);
    expect(intrinsicGas(634)).toBe(28n);
    expect(intrinsicGas(635)).toBe(29n);
    expect(intrinsicGas(65_536)).toBe(780n);
  });
});
