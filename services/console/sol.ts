/** Lamports to SOL and back as text: no amount is ever a float (1 SOL = 10^9 lamports). */
const DECIMALS = 9;

/** `100000000` → `0.1`, `1234000000000` → `1,234`. */
export function solText(lamports: string): string {
  const digits = lamports.padStart(DECIMALS + 1, '0');
  const whole = digits.slice(0, -DECIMALS).replace(/\B(?=(\d{3})+$)/g, ',');
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, '');
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

/** `0.1` → `100000000`; null for anything that is not a plain decimal number of at most nine places. */
export function lamportsOf(sol: string): string | null {
  const parts = /^(\d{1,11})(?:\.(\d{1,9}))?$/.exec(sol.trim());
  if (parts === null) return null;
  const lamports = `${parts[1]}${(parts[2] ?? '').padEnd(DECIMALS, '0')}`.replace(/^0+(?=\d)/, '');
  return BigInt(lamports).toString();
}
