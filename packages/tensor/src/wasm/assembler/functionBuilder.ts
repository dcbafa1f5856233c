// The body of one function, written as statements: variables, stores, loops, conditions, calls. Statements are emitted in the
// order in which they are written and never reordered: V8's speed depends on it.

import { append, type Code, makeConstant, unsigned, type VectorConstant } from './bytes.ts';
import {
  constant,
  type Local,
  type Operand,
  operand,
  simdOpcode,
  typeByte,
  type Value,
  type ValueType,
} from './value.ts';

/** A place to branch to: the head of a loop, or the end of a block. */
export interface Label {
  readonly depth: number;
}

/** Names and types of parameters, in order. */
export type Signature = Readonly<Record<string, ValueType>>;

/** A function that code can call: its number in the module and what it takes and gives. */
export interface Callable<
  S extends Signature = Signature,
  R extends ValueType | undefined = ValueType | undefined,
> {
  readonly name: string;
  readonly index: number;
  readonly parameters: S;
  readonly result: R;
}

/** One operand for each parameter, by name. */
export type Arguments<S extends Signature> = { readonly [Name in keyof S]: Operand<S[Name]> };

/** The variables that hold the parameters, by name. */
export type Parameters<S extends Signature> = { readonly [Name in keyof S]: Local<S[Name]> };

/** Statements of a function under construction. */
export interface FunctionBuilder {
  /** A new variable, zero at the start of the function. */
  local<T extends ValueType>(type: T): Local<T>;
  /** A new variable set to a value here. */
  let<T extends ValueType>(value: Value<T>): Local<T>;
  set<T extends ValueType>(target: Local<T>, value: Operand<T>): void;
  /** Writes a value to memory at address + offset (bytes); a v128 as all its lanes. */
  store(address: Operand<'i32'>, value: Value, offset?: number): void;
  /** Runs the body until it no longer branches to the label, which is its head. */
  loop(body: (again: Label) => void): void;
  /** Runs the body; a branch to the label leaves it. */
  block(body: (leave: Label) => void): void;
  branch(target: Label): void;
  branchIf(target: Label, condition: Operand<'i32'>): void;
  if(condition: Operand<'i32'>, then: () => void, otherwise?: () => void): void;
  /** for (i = from; i < to; i += step): `to` is evaluated at every turn; not run at all where from ≥ to. */
  for(from: Operand<'i32'>, to: Operand<'i32'>, step: number, body: (i: Local<'i32'>) => void): void;
  /** Repeats the body while the condition, looked at before each turn, is not zero. */
  while(condition: Value<'i32'>, body: () => void): void;
  /** Calls a function that gives nothing. */
  call<S extends Signature>(callee: Callable<S, undefined>, given: Arguments<S>): void;
  /** The result of a function, as an expression. */
  result<S extends Signature, R extends ValueType>(callee: Callable<S, R>, given: Arguments<S>): Value<R>;
  /** Leaves the function, with its result if it has one. */
  return(value?: Value): void;
}

const emptyBlock = 0x40; // the block type "takes nothing, leaves nothing"

const storeInstruction = (type: ValueType): readonly number[] => {
  switch (type) {
    case 'i32':
      return [0x36, 2];
    case 'f32':
      return [0x38, 2];
    case 'v128':
      return [...simdOpcode(11), 2];
    default:
      return type satisfies never;
  }
};

const callCode = (callee: Callable, given: Arguments<Signature>): Code => [
  ...Object.entries(callee.parameters).map(([name, type]) => {
    const value = given[name] as Operand<ValueType>; // the types ask for every name
    return operand(`${callee.name}(${name})`, type === 'v128' ? 'f32x4' : type, value).code;
  }),
  0x10,
  ...unsigned(callee.index),
];

/** A builder for the body of `callee`, and a way to take the finished body (its locals and code, without its length). */
export const functionBuilder = <S extends Signature>(
  callee: Callable<S>,
): { builder: FunctionBuilder; parameters: Parameters<S>; finish: () => Code } => {
  const code: number[] = [];
  const localTypes: ValueType[] = [];
  const names = Object.keys(callee.parameters);
  let depth = 0;

  const variable = <T extends ValueType>(type: T, index: number): Local<T> => ({
    type,
    index,
    code: [0x20, ...unsigned(index)],
  });
  const constants = new Map<string, { readonly made: Code; readonly local: Local<'v128'> }>();
  /** Vector constants but 0 are variables that are set once, at the function's beginning; see `setConstants`. */
  const constantOf = (given: VectorConstant): Code => {
    if (given.bytes.every((byte) => byte === 0)) return makeConstant(given);
    const key = given.bytes.join();
    const found = constants.get(key) ?? { made: makeConstant(given), local: builder.local('v128') };
    constants.set(key, found);
    return found.local.code;
  };
  const emit = (piece: Code): void => append(code, piece, constantOf);
  const nested = (opening: readonly number[], body: (label: Label) => void): void => {
    emit(opening);
    depth++;
    body({ depth });
    depth--;
    emit([0x0b]);
  };
  const check = (where: string, expected: ValueType, value: Operand<ValueType>): Code =>
    operand(`${callee.name}: ${where}`, expected === 'v128' ? 'f32x4' : expected, value).code;

  const builder: FunctionBuilder = {
    local: (type) => {
      localTypes.push(type);
      return variable(type, names.length + localTypes.length - 1);
    },
    let: (value) => {
      const target = builder.local(value.type);
      builder.set(target, value);
      return target;
    },
    set: (target, value) => {
      emit(check('set', target.type, value));
      emit([0x21, ...unsigned(target.index)]);
    },
    store: (address, value, offset = 0) => {
      emit(check('store', 'i32', address));
      emit(value.code);
      emit([...storeInstruction(value.type), ...unsigned(offset)]);
    },
    loop: (body) => nested([0x03, emptyBlock], body),
    block: (body) => nested([0x02, emptyBlock], body),
    branch: (target) => emit([0x0c, ...unsigned(depth - target.depth)]),
    branchIf: (target, condition) => {
      emit(check('branchIf', 'i32', condition));
      emit([0x0d, ...unsigned(depth - target.depth)]);
    },
    if: (condition, then, otherwise) => {
      emit(check('if', 'i32', condition));
      nested([0x04, emptyBlock], () => {
        then();
        if (otherwise === undefined) return;
        emit([0x05]);
        otherwise();
      });
    },
    for: (from, to, step, body) => {
      const i = builder.local('i32');
      builder.set(i, from);
      const less: Value<'i32'> = { type: 'i32', code: [i.code, check('for', 'i32', to), 0x48] };
      builder.while(less, () => {
        body(i);
        builder.set(i, { type: 'i32', code: [i.code, constant('i32', step).code, 0x6a] });
      });
    },
    // Tested once before and then at the end of each turn: one jump a turn.
    while: (condition, body) =>
      builder.if(condition, () =>
        builder.loop((again) => {
          body();
          builder.branchIf(again, condition);
        }),
      ),
    call: (called, given) => emit(callCode(called, given)),
    result: (called, given) => ({ type: called.result, code: callCode(called, given) }),
    return: (value) => {
      if (value !== undefined) emit(value.code);
      emit([0x0f]);
    },
  };

  const entries = names.map(
    (name, index) => [name, variable(callee.parameters[name] as ValueType, index)] as const,
  ); // name is a key
  return {
    builder,
    parameters: Object.fromEntries(entries) as unknown as Parameters<S>, // one local a name, made above
    finish: () => {
      const made = [...constants.values()];
      const preamble = made.length === 0 ? [] : setConstants(made, builder.local('v128'));
      return [...runs(localTypes), preamble, code, 0x0b];
    },
  };
};

/**
 * Sets variables to vector constants, each `or` a zero that V8 does not know to be one: it reads a variable of the module (number 0). What V8 knows
 * to be a constant it makes anew wherever it is used, in a loop at every turn, which takes longer than what is computed with it: exp, GELU
 * and softmax half or a third of the time (V8 12 and later; before, it made constants once).
 */
const setConstants = (
  constants: readonly { readonly made: Code; readonly local: Local<'v128'> }[],
  zero: Local<'v128'>,
): Code => [
  [0x23, 0, ...simdOpcode(17), 0x21, ...unsigned(zero.index)], // global.get 0, i32x4.splat, local.set
  ...constants.map(({ made, local }) => [made, zero.code, ...simdOpcode(80), 0x21, ...unsigned(local.index)]), // v128.or, local.set
];

/** Declarations of locals: runs of equal types are counted. */
const runs = (types: readonly ValueType[]): number[] => {
  const counted: { type: ValueType; count: number }[] = [];
  for (const type of types) {
    const last = counted.at(-1);
    if (last?.type === type) last.count++;
    else counted.push({ type, count: 1 });
  }
  return [
    ...unsigned(counted.length),
    ...counted.flatMap(({ type, count }) => [...unsigned(count), typeByte[type]]),
  ];
};
