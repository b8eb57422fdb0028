// Amounts of APT between octas and what people read and type.

const OCTAS_PER_APT = 100_000_000n;
const DECIMALS = 8;

export function formatApt(octas: bigint): string {
  const whole = octas / OCTAS_PER_APT;
  const fraction = (octas % OCTAS_PER_APT).toString().padStart(DECIMALS, '0').replace(/0+$/, '');
  return `${whole}${fraction ? `.${fraction}` : ''} APT`;
}

/** Octas; undefined if `text` is not an amount of at most eight decimals. */
export function parseApt(text: string): bigint | undefined {
  const match = /^(\d{1,9})(?:\.(\d{1,8}))?$/.exec(text.trim());
  if (!match?.[1]) return undefined;
  return BigInt(match[1]) * OCTAS_PER_APT + BigInt((match[2] ?? '').padEnd(DECIMALS, '0'));
}
