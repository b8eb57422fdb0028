// Times of day as people read them.

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });

export function clockTime(ms: number): string {
  return clock.format(new Date(ms));
}
