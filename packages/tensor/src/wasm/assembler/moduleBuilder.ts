// A module under construction: imports one memory and perhaps functions, defines functions, gives the bytes to compile.

import { type Code, flat, section, text, unsigned, vector } from './bytes.ts';
import {
  type Callable,
  type FunctionBuilder,
  functionBuilder,
  type Parameters,
  type Signature,
} from './functionBuilder.ts';
import { typeByte, type ValueType } from './value.ts';

/** The memory that a module imports as `env.memory`; sizes in pages of 64 KiB. */
export interface MemoryImport {
  readonly shared: boolean;
  readonly initial: number;
  readonly maximum: number;
}

/** What a function takes and gives, and whether JavaScript may call it. */
export interface FunctionOptions<S extends Signature, R extends ValueType | undefined> {
  readonly parameters: S;
  readonly result?: R;
  readonly exported?: boolean;
}

/** A module under construction. Imported functions must be declared before any function is defined. */
export interface ModuleBuilder {
  /** Declares a function that is imported as `env.<name>`. */
  imported<S extends Signature, R extends ValueType | undefined = undefined>(
    name: string,
    options: FunctionOptions<S, R>,
  ): Callable<S, R>;
  /** Defines a function by writing its body. */
  define<S extends Signature, R extends ValueType | undefined = undefined>(
    name: string,
    options: FunctionOptions<S, R>,
    body: (f: FunctionBuilder, parameters: Parameters<S>) => void,
  ): Callable<S, R>;
  /** The module in the binary format. */
  bytes(): Uint8Array<ArrayBuffer>;
}

const signatureBytes = (parameters: Signature, result: ValueType | undefined): Code => [
  0x60,
  ...vector(Object.values(parameters).map((type) => [typeByte[type]])),
  ...vector(result === undefined ? [] : [[typeByte[result]]]),
];

/**
 * An empty module that imports the described memory.
 *
 * @example
 * const module = moduleBuilder({ shared: false, initial: 1, maximum: 1 });
 * module.define('twice', { parameters: { x: 'f32' }, result: 'f32', exported: true }, (f, { x }) => f.return(f32.add(x, x)));
 * new WebAssembly.Module(module.bytes());
 */
export const moduleBuilder = (memory: MemoryImport): ModuleBuilder => {
  const types: Code[] = [];
  const imports: number[][] = [];
  const typeOfFunction: number[][] = [];
  const exports: number[][] = [];
  const bodies: Code[] = [];

  const declare = <S extends Signature, R extends ValueType | undefined>(
    name: string,
    options: FunctionOptions<S, R>,
  ): Callable<S, R> => {
    types.push(signatureBytes(options.parameters, options.result));
    const index = types.length - 1; // one type a function: numbers of types and of functions are the same
    return { name, index, parameters: options.parameters, result: options.result as R };
  };

  return {
    imported: (name, options) => {
      if (bodies.length > 0)
        throw new Error(
          `moduleBuilder: ${name} is imported after a function was defined; declare imports first.`,
        );
      const callable = declare(name, options);
      imports.push([...text('env'), ...text(name), 0x00, ...unsigned(callable.index)]);
      return callable;
    },
    define: (name, options, body) => {
      const callable = declare(name, options);
      const { builder, parameters, finish } = functionBuilder(callable);
      typeOfFunction.push(unsigned(callable.index));
      if (options.exported === true) exports.push([...text(name), 0x00, ...unsigned(callable.index)]);
      body(builder, parameters as Parameters<typeof options.parameters>);
      const code = flat(finish());
      bodies.push([...unsigned(code.length), code]);
      return callable;
    },
    bytes: () => {
      const limits = [memory.shared ? 3 : 1, ...unsigned(memory.initial), ...unsigned(memory.maximum)];
      return new Uint8Array(
        flat([
          ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // "\0asm", version 1
          ...section(1, vector(types)),
          ...section(2, vector([[...text('env'), ...text('memory'), 0x02, ...limits], ...imports])),
          ...section(3, vector(typeOfFunction)),
          ...section(6, vector([[typeByte.i32, 1, 0x41, 0, 0x0b]])), // variable 0, which stays 0: functions make constants with it
          ...section(7, vector(exports)),
          ...section(10, vector(bodies)),
        ]),
      );
    },
  };
};
