// A round badge that makes one account recognisable: colours from its address, a letter from its name.

interface AvatarProps {
  readonly address: string;
  readonly name?: string | undefined;
  readonly sizePx?: number;
}

/** Two hues from an address, so that neighbours in a list differ. */
export function accountHues(address: string): readonly [number, number] {
  const digits = address.replace(/^0x/, '').padStart(64, '0');
  const hue = Number.parseInt(digits.slice(0, 6), 16) % 360;
  return [hue, (hue + 40 + (Number.parseInt(digits.slice(6, 8), 16) % 80)) % 360];
}

export function shortAccount(address: string): string {
  const digits = address.replace(/^0x0*/, '');
  return digits.length <= 10 ? `0x${digits}` : `0x${digits.slice(0, 4)}…${digits.slice(-4)}`;
}

export function Avatar({ address, name, sizePx = 34 }: AvatarProps) {
  const [from, to] = accountHues(address);
  const letter = (name ?? address.replace(/^0x0*/, '')).trim().slice(0, 1).toUpperCase();
  return (
    <span
      aria-hidden="true"
      className="avatar"
      style={{
        width: sizePx,
        height: sizePx,
        fontSize: sizePx * 0.42,
        background: `linear-gradient(135deg, hsl(${from} 58% 42%), hsl(${to} 62% 34%))`,
      }}
    >
      {letter}
    </span>
  );
}
