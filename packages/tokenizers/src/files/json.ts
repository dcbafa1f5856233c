// A value inside a JSON file that knows its own path, so that every complaint about it names the place.
import { TokenizerError } from '../tokenizerError.ts';

/**
 * A value with its place. Reading it as a kind it is not throws a TokenizerError with the place, what was there and what
 * was expected. Only own properties count, so `__proto__` is a name like any other.
 */
export class JsonValue {
  readonly #base: string;
  readonly #key: string | number | undefined;
  readonly #value: unknown;

  /** A value at `base`, or at one of its keys; what is put together of them is only for errors, and vocabularies have many keys. */
  constructor(base: string, value: unknown, key?: string | number) {
    this.#base = base;
    this.#value = value;
    this.#key = key;
  }

  /** The place, such as `tokenizer.json: model.vocab["a"]`. */
  get place(): string {
    return this.#key === undefined ? this.#base : `${this.#base}[${JSON.stringify(this.#key)}]`;
  }

  /** The value itself, unchecked. */
  get raw(): unknown {
    return this.#value;
  }

  /** Whether the value is null or absent. */
  get absent(): boolean {
    return this.#value === null || this.#value === undefined;
  }

  /** Whether the value is an array. */
  get isArray(): boolean {
    return Array.isArray(this.#value);
  }

  /** Whether the value is an object with this field. */
  has(name: string): boolean {
    return isObject(this.#value) && Object.hasOwn(this.#value, name);
  }

  /** The field of an object; absent if it is not there. */
  field(name: string): JsonValue {
    const object = this.#object();
    return new JsonValue(joinPath(this.place, name), Object.hasOwn(object, name) ? object[name] : undefined);
  }

  /** The names of an object and, at the same positions, its values, integers of at least 0: read at one go, since vocabularies have many. */
  integers(): { names: string[]; values: number[] } {
    const object = this.#object();
    const names = Object.keys(object);
    const { place } = this;
    const values = names.map((name) => {
      const value = object[name];
      return isId(value) ? value : new JsonValue(place, value, name).integer();
    });
    return { names, values };
  }

  /** The items of an array. */
  items(): JsonValue[] {
    const { place } = this;
    return this.values().map((value, index) => new JsonValue(place, value, index));
  }

  /** The items of an array as they are, for lists too long to give each item its place. */
  values(): readonly unknown[] {
    return Array.isArray(this.#value) ? this.#value : this.refuse('an array');
  }

  /** A string. */
  string(): string {
    return typeof this.#value === 'string' ? this.#value : this.refuse('a string');
  }

  /** One of the given strings. */
  oneOf<Name extends string>(names: readonly Name[]): Name {
    const found = names.find((name) => name === this.#value);
    return found ?? this.refuse(`one of ${names.join(', ')}`);
  }

  /** A boolean, or `otherwise` where the value is absent. */
  boolean(otherwise?: boolean): boolean {
    if (this.absent && otherwise !== undefined) return otherwise;
    return typeof this.#value === 'boolean' ? this.#value : this.refuse('true or false');
  }

  /** A finite number. */
  number(): number {
    return typeof this.#value === 'number' && Number.isFinite(this.#value)
      ? this.#value
      : this.refuse('a finite number');
  }

  /** An integer of at least `least`, at most 2³¹ − 1 unless `most` says otherwise. */
  integer(least: number = 0, most: number = 2 ** 31 - 1): number {
    const value = this.#value;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    return this.refuse(`an integer from ${least} to ${most}`);
  }

  /** Throws: something else was expected here. */
  refuse(expected: string): never {
    throw new TokenizerError(
      this.place,
      `${describe(this.#value)} was given, expected ${expected}. Correct the file or get it again.`,
    );
  }

  #object(): Record<string, unknown> {
    return isObject(this.#value) ? this.#value : this.refuse('an object');
  }
}

/** Parses JSON text; `file` names it in errors. A byte order mark in front is allowed. */
export function parseJson(text: string, file: string): JsonValue {
  if (typeof text !== 'string') {
    throw new TokenizerError(
      file,
      `${describe(text)} was given; expected the text of the file, as a string. Decode its bytes as UTF-8 first.`,
    );
  }
  try {
    return new JsonValue(file, JSON.parse(text.replace(/^\ufeff/, '')));
  } catch (error) {
    throw new TokenizerError(
      file,
      `the text of ${text.length} characters is not JSON (${String(error)}); it may be cut off. Get the file again.`,
    );
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 31;
}

function joinPath(place: string, name: string): string {
  const separator = place.includes(': ') ? '.' : ': ';
  return `${place}${separator}${name}`;
}

// Names a value without showing more than a few characters of it.
function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (isObject(value)) return `an object of ${Object.keys(value).length} fields`;
  const shown = JSON.stringify(value) ?? String(value);
  return shown.length > 60 ? `${shown.slice(0, 60)}…` : shown;
}
