// readPickle: Python's pickle as data. A pickle is a program for a small stack machine; this one builds lists, maps and texts, and asks its
// caller about every name. It imports nothing and calls nothing but what the caller gives it.

import { CheckpointError } from '../../checkpointError.ts';
import { opcodes } from './opcodes.ts';
import { narrow, type PickleBytes, pickleBytes } from './pickleBytes.ts';

/** What a name in a pickle stands for here: a plain value, or also something that makes one of arguments. */
export interface PickleGlobal {
  readonly call?: (args: readonly unknown[], fail: (what: string) => never) => unknown;
}

/** What the machine asks its caller. */
export interface PickleOptions {
  /** What the file is called in errors. */
  readonly file: string;
  /** Where the pickle begins. Default 0. */
  readonly start?: number;
  /** The meaning of 'module name'; undefined: it is refused. */
  readonly global: (name: string) => PickleGlobal | undefined;
  /** The object that lies outside the pickle under this id. */
  readonly persistent: (id: unknown, fail: (what: string) => never) => unknown;
}

/** Lists, tuples and sets are arrays, dictionaries maps, bytes Uint8Arrays; None is null; wide integers are bigints. */
class Machine {
  readonly read: PickleBytes;
  readonly options: PickleOptions;
  readonly stack: unknown[] = [];
  readonly marks: number[] = [];
  readonly memo = new Map<number, unknown>();

  constructor(read: PickleBytes, options: PickleOptions) {
    this.read = read;
    this.options = options;
  }

  push(value: unknown): void {
    this.stack.push(value);
  }

  pop(): unknown {
    if (this.stack.length <= (this.marks.at(-1) ?? 0))
      return this.read.fail('nothing is on the stack. The file is damaged; fetch it again.');
    return this.stack.pop();
  }

  /** The value on top, which stays. */
  top(): unknown {
    const value = this.pop();
    this.push(value);
    return value;
  }

  /** All values since the last mark. */
  popMark(): unknown[] {
    const mark = this.marks.pop();
    if (mark === undefined) return this.read.fail('there is no mark. The file is damaged; fetch it again.');
    return this.stack.splice(mark);
  }

  pushTuple(length: number): void {
    const items = Array.from({ length }, () => this.pop()).reverse();
    this.push(items);
  }

  append(items: readonly unknown[]): void {
    const list = this.top();
    if (!Array.isArray(list)) this.read.fail(`items for ${shown(list)}; expected a list.`);
    for (const item of items) list.push(item);
  }

  setItems(items: readonly unknown[]): void {
    const map = this.top();
    if (!(map instanceof Map) || items.length % 2 !== 0)
      throw this.read.fail(
        `${items.length} keys and values for ${shown(map)}; expected pairs for a dictionary.`,
      );
    for (let i = 0; i < items.length; i += 2) map.set(items[i], items[i + 1]);
  }

  get(index: number): void {
    if (!this.memo.has(index)) this.read.fail(`memo ${index} is empty. The file is damaged; fetch it again.`);
    this.push(this.memo.get(index));
  }

  global(module: unknown, name: unknown): void {
    if (typeof module !== 'string' || typeof name !== 'string')
      throw this.read.fail(`${shown(module)} and ${shown(name)} where a name should be.`);
    const found = this.options.global(`${module} ${name}`);
    if (found === undefined)
      this.read.fail(
        `it names ${shown(`${module}.${name}`)}, which is none of the few things that tensors are made of; nothing was run. Save the weights alone, by torch.save(model.state_dict(), …) or as safetensors.`,
      );
    this.push(found);
  }

  call(): void {
    const args = this.pop();
    const called = this.pop() as PickleGlobal | null;
    if (!Array.isArray(args) || typeof called?.call !== 'function')
      throw this.read.fail(`a call of ${shown(called)}; expected one of the things that make tensors.`);
    this.push(called.call(args, this.read.fail));
  }

  /** State for an object: dictionaries with attributes carry it, and no weights are in it. */
  build(): void {
    this.pop();
    const target = this.top();
    if (!(target instanceof Map)) this.read.fail(`state for ${shown(target)}; expected a dictionary.`);
  }
}

const shown = (value: unknown): string =>
  typeof value === 'string'
    ? value.slice(0, 80)
    : value instanceof Map
      ? 'a dictionary'
      : Array.isArray(value)
        ? 'a list'
        : value === null || typeof value !== 'object'
          ? String(value).slice(0, 80)
          : 'an object';

/** Escapes of protocol 0's texts: \xhh \n \\ … of STRING, \uhhhh of UNICODE. */
const unescaped = (text: string): string =>
  text.replace(
    /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U0010?([0-9a-f]{4,5})|([nrt])|(['"\\]))/gi,
    (all, x, u, wide, control, plain) => {
      if (x ?? u) return String.fromCharCode(Number.parseInt(x ?? u, 16));
      if (wide) return String.fromCodePoint(Number.parseInt(all.slice(2), 16));
      return control ? { n: '\n', r: '\r', t: '\t' }[control as 'n' | 'r' | 't'] : plain;
    },
  );

const integer = (read: PickleBytes, text: string): number | bigint => {
  if (!/^-?\d{1,150}L?$/.test(text))
    return read.fail(`${JSON.stringify(text.slice(0, 80))} where an integer should be.`);
  return narrow(BigInt(text.replace('L', '')));
};

const booleans: Readonly<Record<string, boolean | undefined>> = { '00': false, '01': true };

/** What each opcode does. STOP is the loop's; what is not here is refused by name. */
const steps: Readonly<Record<string, (machine: Machine, read: PickleBytes) => void>> = {
  PROTO: (_, read) => {
    const protocol = read.unsigned(1);
    if (protocol > 5) read.fail(`protocol ${protocol}; known are 0 to 5.`);
  },
  FRAME: (_, read) => void read.unsigned(8),
  MARK: (machine) => void machine.marks.push(machine.stack.length),
  POP: (machine) => void machine.pop(),
  POP_MARK: (machine) => void machine.popMark(),
  DUP: (machine) => machine.push(machine.top()),
  NONE: (machine) => machine.push(null),
  NEWTRUE: (machine) => machine.push(true),
  NEWFALSE: (machine) => machine.push(false),
  INT: (machine, read) => {
    const text = read.line();
    machine.push(booleans[text] ?? integer(read, text));
  },
  LONG: (machine, read) => machine.push(integer(read, read.line())),
  BININT: (machine, read) => machine.push(read.int32()),
  BININT1: (machine, read) => machine.push(read.unsigned(1)),
  BININT2: (machine, read) => machine.push(read.unsigned(2)),
  LONG1: (machine, read) => machine.push(read.long(read.unsigned(1))),
  LONG4: (machine, read) => machine.push(read.long(read.unsigned(4))),
  FLOAT: (machine, read) => machine.push(Number(read.line())),
  BINFLOAT: (machine, read) => machine.push(read.float64()),
  STRING: (machine, read) => machine.push(unescaped(read.line().slice(1, -1))),
  BINSTRING: (machine, read) => machine.push(read.text(read.unsigned(4))),
  SHORT_BINSTRING: (machine, read) => machine.push(read.text(read.unsigned(1))),
  UNICODE: (machine, read) => machine.push(unescaped(read.line())),
  BINUNICODE: (machine, read) => machine.push(read.text(read.unsigned(4))),
  SHORT_BINUNICODE: (machine, read) => machine.push(read.text(read.unsigned(1))),
  BINUNICODE8: (machine, read) => machine.push(read.text(read.unsigned(8))),
  BINBYTES: (machine, read) => machine.push(read.take(read.unsigned(4))),
  SHORT_BINBYTES: (machine, read) => machine.push(read.take(read.unsigned(1))),
  BINBYTES8: (machine, read) => machine.push(read.take(read.unsigned(8))),
  EMPTY_LIST: (machine) => machine.push([]),
  EMPTY_TUPLE: (machine) => machine.push([]),
  EMPTY_SET: (machine) => machine.push([]),
  EMPTY_DICT: (machine) => machine.push(new Map()),
  LIST: (machine) => machine.push(machine.popMark()),
  TUPLE: (machine) => machine.push(machine.popMark()),
  FROZENSET: (machine) => machine.push(machine.popMark()),
  TUPLE1: (machine) => machine.pushTuple(1),
  TUPLE2: (machine) => machine.pushTuple(2),
  TUPLE3: (machine) => machine.pushTuple(3),
  DICT: (machine) => {
    const items = machine.popMark();
    machine.push(new Map());
    machine.setItems(items);
  },
  APPEND: (machine) => machine.append([machine.pop()]),
  APPENDS: (machine) => machine.append(machine.popMark()),
  ADDITEMS: (machine) => machine.append(machine.popMark()),
  SETITEM: (machine) => {
    const value = machine.pop();
    machine.setItems([machine.pop(), value]);
  },
  SETITEMS: (machine) => machine.setItems(machine.popMark()),
  GET: (machine, read) => machine.get(Number(read.line())),
  BINGET: (machine, read) => machine.get(read.unsigned(1)),
  LONG_BINGET: (machine, read) => machine.get(read.unsigned(4)),
  PUT: (machine, read) => void machine.memo.set(Number(read.line()), machine.top()),
  BINPUT: (machine, read) => void machine.memo.set(read.unsigned(1), machine.top()),
  LONG_BINPUT: (machine, read) => void machine.memo.set(read.unsigned(4), machine.top()),
  MEMOIZE: (machine) => void machine.memo.set(machine.memo.size, machine.top()),
  GLOBAL: (machine, read) => machine.global(read.line(), read.line()),
  STACK_GLOBAL: (machine) => {
    const name = machine.pop();
    machine.global(machine.pop(), name);
  },
  REDUCE: (machine) => machine.call(),
  NEWOBJ: (machine) => machine.call(),
  BUILD: (machine) => machine.build(),
  PERSID: (machine, read) => machine.push(machine.options.persistent(read.line(), read.fail)),
  BINPERSID: (machine, read) => machine.push(machine.options.persistent(machine.pop(), read.fail)),
};

/** The value of a pickle, and where the bytes behind it begin. Time and memory are bounded by the pickle's own length. */
export const readPickle = (bytes: Uint8Array, options: PickleOptions): { value: unknown; end: number } => {
  const read = pickleBytes(bytes, options.file, options.start ?? 0);
  const machine = new Machine(read, options);
  for (;;) {
    const code = read.unsigned(1);
    const name = opcodes.get(code);
    if (name === 'STOP') return { value: machine.pop(), end: read.at };
    const step = name === undefined ? undefined : steps[name];
    if (step === undefined)
      throw new CheckpointError(
        `${options.file}: pickle, byte ${read.at - 1}: opcode ${name ?? `0x${code.toString(16).padStart(2, '0')}`}, which no pickle of tensors needs. It is damaged, or holds more than weights; save them by torch.save(model.state_dict(), …).`,
      );
    step(machine, read);
  }
};
