import { noise } from '@heed/testing';
import { describe, expect, test } from 'vitest';
import { signed, unsigned } from '../../src/wasm/assembler/bytes.ts';
import { f32, f32x4, i32, i32x4, select, v128 } from '../../src/wasm/assembler/instructions.ts';
import { type ModuleBuilder, moduleBuilder } from '../../src/wasm/assembler/moduleBuilder.ts';
import { constant, type Value } from '../../src/wasm/assembler/value.ts';

const build = (define: (module: ModuleBuilder) => void, imports: WebAssembly.ModuleImports = {}) => {
  const module = moduleBuilder({ shared: false, initial: 1, maximum: 1 });
  define(module);
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.bytes()), {
    env: { memory, ...imports },
  });
  return {
    call: instance.exports as Record<string, (...given: number[]) => number>,
    floats: new Float32Array(memory.buffer),
  };
};

describe('numbers in the binary format', () => {
  test('unsigned and signed LEB128 are those of the specification', () => {
    expect(unsigned(0)).toEqual([0]);
    expect(unsigned(624485)).toEqual([0xe5, 0x8e, 0x26]);
    expect(unsigned(2 ** 32 - 1)).toEqual([0xff, 0xff, 0xff, 0xff, 0x0f]);
    expect(signed(-123456)).toEqual([0xc0, 0xbb, 0x78]);
    expect(signed(63)).toEqual([63]);
    expect(signed(64)).toEqual([0xc0, 0]);
    expect(signed(-64)).toEqual([0x40]);
    expect(signed(-65)).toEqual([0xbf, 0x7f]);
  });

  test('a constant of any size survives the way into a module and back', () => {
    for (const number of [0, 1, -1, 63, 64, -64, -65, 127, 128, 8191, 8192, -8193, 2 ** 31 - 1, -(2 ** 31)]) {
      const { call } = build((m) =>
        m.define('give', { parameters: {}, result: 'i32', exported: true }, (f) =>
          f.return(constant('i32', number)),
        ),
      );
      expect(call.give?.()).toBe(number);
    }
  });
});

describe('functions', () => {
  test('a sum over memory with for, load and a variable is the sum', () => {
    const { call, floats } = build((m) =>
      m.define(
        'sum',
        { parameters: { at: 'i32', count: 'i32' }, result: 'f32', exported: true },
        (f, { at, count }) => {
          const total = f.local('f32');
          f.for(0, count, 1, (i) => f.set(total, f32.add(total, f32.load(i32.add(at, i32.mul(i, 4))))));
          f.return(total);
        },
      ),
    );
    floats.set([1, 2, 3, 4], 16);
    expect(call.sum?.(64, 4)).toBe(10);
    expect(call.sum?.(64, 0)).toBe(0);
  });

  test('branches leave the block that their label belongs to, however deep they stand', () => {
    const { call } = build((m) =>
      m.define(
        'firstSquareAbove',
        { parameters: { bound: 'i32' }, result: 'i32', exported: true },
        (f, { bound }) => {
          const root = f.local('i32');
          f.block((leave) =>
            f.loop((again) => {
              f.set(root, i32.add(root, 1));
              f.if(i32.greater(i32.mul(root, root), bound), () => f.if(1, () => f.branch(leave)));
              f.branch(again);
            }),
          );
          f.return(root);
        },
      ),
    );
    expect(call.firstSquareAbove?.(80)).toBe(9);
    expect(call.firstSquareAbove?.(81)).toBe(10);
  });

  test('if runs one of its two sides; select, min and max choose', () => {
    const { call } = build((m) => {
      m.define('sign', { parameters: { x: 'i32' }, result: 'i32', exported: true }, (f, { x }) => {
        const sign = f.local('i32');
        f.if(
          i32.less(x, 0),
          () => f.set(sign, -1),
          () => f.set(sign, select('i32', [1, 0], x)),
        );
        f.return(sign);
      });
      m.define(
        'clamp',
        { parameters: { x: 'i32', low: 'i32', high: 'i32' }, result: 'i32', exported: true },
        (f, { x, low, high }) => {
          f.set(x, i32.max(x, low));
          f.return(i32.min(x, high));
        },
      );
    });
    expect([-5, 0, 7].map((x) => call.sign?.(x))).toEqual([-1, 0, 1]);
    expect([-5, 3, 7].map((x) => call.clamp?.(x, 0, 5))).toEqual([0, 3, 5]);
  });

  test('one function calls another and an imported one, with arguments by name', () => {
    const { call } = build(
      (m) => {
        const log = m.imported('log', { parameters: { x: 'f32' }, result: 'f32' });
        const twice = m.define('twice', { parameters: { x: 'f32' }, result: 'f32' }, (f, { x }) =>
          f.return(f32.add(x, x)),
        );
        m.define('twiceLog', { parameters: { x: 'f32' }, result: 'f32', exported: true }, (f, { x }) =>
          f.return(f.result(twice, { x: f.result(log, { x }) })),
        );
      },
      { log: Math.log },
    );
    expect(call.twiceLog?.(Math.E)).toBeCloseTo(2, 6);
  });

  test('an import after a definition is refused, since it would renumber the functions', () => {
    const module = moduleBuilder({ shared: false, initial: 1, maximum: 1 });
    module.define('nothing', { parameters: {} }, () => {});
    expect(() => module.imported('log', { parameters: {} })).toThrow(/declare imports first/);
  });
});

describe('vectors', () => {
  const onVectors = (
    operation: (a: Value<'v128'>, b: Value<'v128'>) => Value<'v128'>,
    a: readonly number[],
    b: readonly number[],
  ) => {
    const { call, floats } = build((m) =>
      m.define('run', { parameters: { at: 'i32' }, exported: true }, (f, { at }) =>
        f.store(at, operation(v128.load(at, 16), v128.load(at, 32))),
      ),
    );
    floats.set([...a, ...b], 4);
    call.run?.(0);
    return Array.from(floats.subarray(0, 4));
  };

  test('arithmetic acts lane by lane, and a plain number stands in every lane', () => {
    const a = [...noise([4], 1).data];
    const b = [...noise([4], 2).data];
    expect(onVectors((x, y) => f32x4.add(f32x4.mul(x, y), 0.5), a, b)).toEqual(
      a.map((x, i) => Math.fround(Math.fround(x * (b[i] as number)) + 0.5)),
    );
    expect(onVectors((x, y) => f32x4.pseudoMax(x, y), [1, -2, 3, 0], [0, 5, Number.NaN, 1])).toEqual([
      1, 5, 3, 1,
    ]);
    // Beside 1.5 · 2²³ a float has an integer in its low bits, which becomes an exponent here.
    const powerOfTwo = (x: Value<'v128'>): Value<'v128'> =>
      i32x4.shiftLeft(i32x4.add(i32x4.sub(f32x4.add(x, 1.5 * 2 ** 23), 0x4b400000), 127), 23);
    expect(onVectors((x) => powerOfTwo(x), [0, 1, -3, 10], [])).toEqual([1, 2, 0.125, 1024]);
    expect(onVectors((x, y) => i32x4.max(x, y), [1, 2, 0.5, 0], [2, 1, 4, 0])).toEqual([2, 2, 4, 0]);
  });

  test('a shuffle picks lanes of both, and choose picks by bits', () => {
    expect(onVectors((x, y) => v128.shuffle(x, y, [0, 4, 3, 7]), [1, 2, 3, 4], [5, 6, 7, 8])).toEqual([
      1, 5, 4, 8,
    ]);
    expect(onVectors((x, y) => v128.choose(x, y, f32x4.less(x, y)), [1, 9, 3, 9], [5, 6, 7, 8])).toEqual([
      1, 6, 3, 8,
    ]);
  });
});

describe('mistakes in a kernel', () => {
  test('an operand of the wrong type is refused when the module is built, by the name of the instruction', () => {
    expect(() => f32.add(constant('f32', 1), constant('i32', 1) as never)).toThrow(
      /f32\.add: given an operand of type i32; expected f32/,
    );
    expect(() => f32x4.splat(constant('f32x4', 1) as never)).toThrow(/f32x4\.splat/);
  });

  test('a variable takes only its own type, and the message names the function', () => {
    const module = moduleBuilder({ shared: false, initial: 1, maximum: 1 });
    expect(() =>
      module.define('broken', { parameters: { x: 'f32' } }, (f, { x }) =>
        f.set(x, constant('i32', 1) as never),
      ),
    ).toThrow(/broken: set: given an operand of type i32; expected f32/);
  });

  test('a vector constant is made once, at the beginning of its function, however often it is used', () => {
    const module = moduleBuilder({ shared: false, initial: 1, maximum: 1 });
    module.define('run', { parameters: { turns: 'i32' }, exported: true }, (f, { turns }) => {
      const sum = f.local('v128');
      f.for(0, turns, 1, () => f.set(sum, f32x4.add(f32x4.mul(sum, 0.5), f32x4.add(v128.load(0), 0.5))));
      f.store(16, sum);
    });
    const bytes = module.bytes();
    const half = [0xfd, 12, ...new Uint8Array(Float32Array.of(0.5, 0.5, 0.5, 0.5).buffer)];
    const places = [...bytes.keys()].filter((at) => half.every((byte, i) => bytes[at + i] === byte));
    expect(places).toHaveLength(1);
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
    (exports.run as (turns: number) => void)(3);
    expect(new Float32Array(memory.buffer, 16, 4)).toEqual(new Float32Array(4).fill(0.875));
  });
});
