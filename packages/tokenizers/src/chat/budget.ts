// How much a template may do. It counts; it runs nothing.
import { TokenizerError } from '../tokenizerError.ts';

/** A value of the template language. */
export interface Value {
  readonly type: string;
  readonly value: unknown;
}

// A conversation of a thousand messages takes some fifty thousand steps at most.
const mostSteps = 300_000;
// Characters and items of one value; all values together may have 16 times as many, since each goes through several hands.
const mostSize = 2 ** 23;
const mostTotal = 16 * mostSize;
const longestRange = 100_000;

/**
 * Counts the steps of a template and the sizes of its values; throws a TokenizerError where there are too many.
 *
 * @example new Budget().range(2, 4); //=> [2, 3]
 */
export class Budget {
  #steps = 0;
  #total = 0;
  readonly #sizes = new WeakMap<object, number>();

  /** Counts steps. */
  step(count = 1): void {
    this.#steps += count;
    if (this.#steps > mostSteps) refuse(`takes more than ${mostSteps} steps`);
  }

  /** Counts a value, and gives it. */
  check(value: Value): Value {
    const size = this.#sizeOf(value);
    this.#total += typeof value.value === 'string' ? size : lengthOf(value);
    if (size > mostSize) refuse(`makes a value of more than ${mostSize} characters`);
    if (this.#total > mostTotal) refuse(`handles more than ${mostTotal} characters`);
    return value;
  }

  /** Python's range, for at most 100 000 numbers. */
  range(first: unknown, second?: unknown, step: unknown = 1): number[] {
    const [start, stop] = second === undefined || second === null ? [0, first] : [first, second];
    const numbers = [start, stop, step].map(Number) as [number, number, number]; // three
    if (!numbers.every(Number.isInteger) || numbers[2] === 0)
      refuse(`asks for range(${numbers.join(', ')}); expected whole numbers, and a step other than 0`);
    const length = Math.max(0, Math.ceil((numbers[1] - numbers[0]) / numbers[2]));
    if (length > longestRange) refuse(`asks for a range of ${length} numbers, more than ${longestRange}`);
    return Array.from({ length }, (_, k) => numbers[0] + k * numbers[2]);
  }

  // Characters and items, those inside counted as often as they come. Lists and objects do not change once they are made.
  #sizeOf({ type, value }: Value): number {
    if (typeof value === 'string') return value.length;
    if (typeof value !== 'object' || value === null) return 1;
    const known = this.#sizes.get(value);
    if (known !== undefined && type !== 'NamespaceValue') return known;
    let size = 1;
    const inner = Array.isArray(value) ? value : value instanceof Map ? value.values() : [];
    for (const one of inner as Iterable<Value>) size += type === 'NamespaceValue' ? 1 : this.#sizeOf(one);
    this.#sizes.set(value, size);
    return size;
  }
}

/** How many items a list, object or text has; 1 for anything else. @example lengthOf({ type: 'ArrayValue', value: [] }); //=> 0 */
export function lengthOf({ value }: Value): number {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  return value instanceof Map ? value.size : 1;
}

function refuse(what: string): never {
  throw new TokenizerError('chat template', `the template ${what}. Use the model's own template.`);
}
