/** Events gone bad in one field: of the right shape, since borders check shapes, and wrong in every other way. */
import fc from 'fast-check';

const TEXTS = ['', ' ', '0', '-1', '1.5', '1e3', '0x10', '00', 'NaN', 'Infinity', '18446744073709551615'];
const MORE_TEXTS = [
  '18446744073709551616',
  '9'.repeat(400),
  'ann',
  '\u0000',
  '\ud800',
  '__proto__',
  '../..',
  'ff'.repeat(32),
];
const NUMBERS = [0, -1, 1, 0.5, -0, 2 ** 31, 2 ** 32, 2 ** 53, 1e21, -1e300, Number.MAX_VALUE];

export const junkText = fc.oneof(fc.constantFrom(...TEXTS, ...MORE_TEXTS), fc.string({ maxLength: 40 }));
export const junkNumber = fc.oneof(fc.constantFrom(...NUMBERS), fc.double(), fc.integer());

/** Where the leaves of a value are. */
function leavesOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (value === null || typeof value !== 'object') return [path];
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, [...path, name]));
}

/** The same event with one leaf replaced by junk of its own kind; `type` stays, it names the border. */
export function spoiled<Event extends object>(event: Event): fc.Arbitrary<Event> {
  const leaves = leavesOf(event).filter(([name]) => name !== 'type');
  return fc
    .tuple(fc.constantFrom(...leaves), junkText, junkNumber, fc.boolean())
    .map(([path, text, number, flag]) => replaced(event, path, { text, number, flag }));
}

interface Junk {
  readonly text: string;
  readonly number: number;
  readonly flag: boolean;
}

function replaced<Value>(value: Value, path: readonly string[], junk: Junk): Value {
  const [name, ...rest] = path;
  // SAFETY: a leaf gets junk of its own type, so that the value keeps its shape.
  if (name === undefined) return leaf(value, junk) as Value;
  if (Array.isArray(value))
    // SAFETY: a list of the same length, with one element of the same type changed.
    return value.map((each, index) => (String(index) === name ? replaced(each, rest, junk) : each)) as Value;
  const inner = (value as { readonly [field: string]: unknown })[name];
  return { ...value, [name]: replaced(inner, rest, junk) };
}

function leaf(value: unknown, { text, number, flag }: Junk): unknown {
  if (typeof value === 'number') return number;
  if (typeof value === 'boolean') return flag;
  // Where a field may be null, text is the only other thing that it may be.
  return value === null || typeof value === 'string' ? text : value;
}
