// Counts what a transaction uses against what it pays for, after Aptos's meter (aptos-gas-meter, algebra.rs): execution, input and output, and
// storage are one balance, and each has a limit of its own beside.

import { GAS_SCALE, type GasSpent } from '../vm/index.ts';
import { EXECUTION_GAS_MAX, gasUnits, IO_GAS_MAX, STORAGE_FEE_OCTAS_MAX, VM_GAS_MULTIPLIER } from './gas.ts';

/** Why a charge ends the transaction: its gas is used up, or it has come to a limit that no gas lifts. */
export type GasStop = 'OUT_OF_GAS' | 'EXECUTION_LIMIT_REACHED' | 'IO_LIMIT_REACHED' | 'STORAGE_LIMIT_REACHED';

/** `0x1::transaction_fee::FeeStatement`. The parts are rounded up one by one, so that they may add up to more than the total. */
export interface FeeStatement {
  readonly totalChargeGasUnits: bigint;
  readonly executionGasUnits: bigint;
  readonly ioGasUnits: bigint;
  /** At the transaction's price part of the total. */
  readonly storageFeeOctas: bigint;
  /** Given back beside the total. */
  readonly storageFeeRefundOctas: bigint;
}

export class GasMeter {
  readonly #gasUnitPrice: bigint;
  readonly #paid: bigint;
  /** Internal units, as all that is not said to be octas. */
  #balance: bigint;
  #execution = 0n;
  #io = 0n;
  #storageFeeOctas = 0n;

  constructor(maxGasAmount: bigint, gasUnitPrice: bigint) {
    this.#gasUnitPrice = gasUnitPrice;
    this.#paid = maxGasAmount;
    this.#balance = maxGasAmount * GAS_SCALE;
  }

  chargeExecution(units: bigint): GasStop | undefined {
    this.#execution += units < this.#balance ? units : this.#balance;
    if (!this.#take(units)) return 'OUT_OF_GAS';
    return this.#execution > EXECUTION_GAS_MAX ? 'EXECUTION_LIMIT_REACHED' : undefined;
  }

  chargeIo(units: bigint): GasStop | undefined {
    this.#io += units < this.#balance ? units : this.#balance;
    if (!this.#take(units)) return 'OUT_OF_GAS';
    return this.#io > IO_GAS_MAX ? 'IO_LIMIT_REACHED' : undefined;
  }

  /** Octas, turned into gas at the transaction's price. A transaction without a price pays nothing. */
  chargeStorage(octas: bigint): GasStop | undefined {
    if (this.#gasUnitPrice === 0n) return undefined;
    this.#storageFeeOctas += octas;
    const units = (octas * GAS_SCALE + this.#gasUnitPrice - 1n) / this.#gasUnitPrice;
    if (!this.#take(units)) return 'OUT_OF_GAS';
    return this.#storageFeeOctas > STORAGE_FEE_OCTAS_MAX ? 'STORAGE_LIMIT_REACHED' : undefined;
  }

  /** What a run of the VM has used of `runLimits`, with what took it beyond them. */
  chargeRun({ execution, io }: GasSpent): GasStop | undefined {
    const stops = [this.chargeExecution(execution * VM_GAS_MULTIPLIER), this.chargeIo(io * VM_GAS_MULTIPLIER)];
    return stops.find((stop) => stop === 'OUT_OF_GAS') ?? stops.find((stop) => stop !== undefined);
  }

  /** What the VM may use, in its units. It has no fractions of its gas unit: of what is left it gets at least all. */
  get runLimits(): { readonly gasLimit: bigint; readonly partLimits: GasSpent } {
    const unit = GAS_SCALE * VM_GAS_MULTIPLIER;
    return {
      gasLimit: (this.#balance + unit - 1n) / unit,
      partLimits: {
        execution: (EXECUTION_GAS_MAX - this.#execution) / VM_GAS_MULTIPLIER,
        io: (IO_GAS_MAX - this.#io) / VM_GAS_MULTIPLIER,
      },
    };
  }

  /** Gas units: what is left is rounded down, so what was used is rounded up. */
  get gasUsed(): bigint {
    return this.#paid - this.#balance / GAS_SCALE;
  }

  statement(storageFeeRefundOctas: bigint): FeeStatement {
    return {
      totalChargeGasUnits: this.gasUsed,
      executionGasUnits: gasUnits(this.#execution),
      ioGasUnits: gasUnits(this.#io),
      storageFeeOctas: this.#storageFeeOctas,
      storageFeeRefundOctas,
    };
  }

  #take(units: bigint): boolean {
    const enough = units <= this.#balance;
    this.#balance = enough ? this.#balance - units : 0n;
    return enough;
  }
}
