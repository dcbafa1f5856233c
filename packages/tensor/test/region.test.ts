// inference and region: what they return stays, the rest is gone, and nothing is computed differently.
import { expectClose, forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AnyTensor,
  add,
  concat,
  currentBackend,
  inference,
  integers,
  jsBackend,
  keep,
  mul,
  region,
  reshape,
  type Tensor,
  tensor,
  useBackend,
  variable,
} from '../src/index.ts';
import { wasmBackendSync, wasmSupported } from '../src/wasm/wasmBackend.ts';
import { backends } from './backends.ts';

describe.each(backends)('inference, $name', ({ backend }) => {
  const within = (name: string, body: () => void): void => {
    it(name, () => {
      using _ = useBackend(backend);
      body();
    });
  };

  within('returns what the function returns: numbers, tensors, arrays, objects, maps', () => {
    const x = tensor([1, 2]);
    expect(inference(() => 7)).toBe(7);
    const { one, many, named, label } = inference(() => ({
      one: add(x, 1),
      many: [mul(x, 2), [mul(x, 3)]] as const,
      named: new Map([['four', mul(x, 4)]]),
      label: 'text',
    }));
    expect([...one.data]).toEqual([2, 3]);
    expect([...many[0].data, ...many[1][0]!.data]).toEqual([2, 4, 3, 6]);
    expect([...(named.get('four') as Tensor).data, label]).toEqual([4, 8, 'text']);
  });

  within('what it returns lies in memory of its own, and later calls do not change it', () => {
    const x = tensor([1, 2, 3]);
    const first = inference(() => mul(x, 2));
    const { data } = first;
    for (let i = 0; i < 20; i++) inference(() => mul(add(x, i), 5));
    expect([...data]).toEqual([2, 4, 6]);
    expect(data.buffer).not.toBe(inference(() => mul(x, 2)).data.buffer);
    expect(data.buffer instanceof ArrayBuffer).toBe(true);
  });

  within('nests: an inner region gives its result to the outer one, which may use and return it', () => {
    const x = tensor([1, 2, 3]);
    const y = inference(() => {
      const a = region(() => {
        const temporary = mul(x, 100);
        return [add(temporary, 1), region(() => mul(temporary, 2))] as const;
      });
      const b = inference(() => add(a[0], a[1]));
      return region(() => mul(b, 1));
    });
    expect([...y.data]).toEqual([301, 601, 901]);
  });

  within('reshape shares data, also over the end of a region', () => {
    const [a, b] = inference(() =>
      region(() => {
        const whole = mul(tensor([1, 2, 3, 4]), 2);
        return [whole, reshape(whole, [2, 2])] as const;
      }),
    );
    expect(b.data).toBe(a.data);
    expect([...b.data]).toEqual([2, 4, 6, 8]);
  });

  within('a tensor of the outer region that an inner one only reshapes comes through', () => {
    const y = inference(() => {
      const outer = mul(tensor([1, 2, 3, 4]), 2);
      const inner = region(() => reshape(outer, [2, 2]));
      region(() => mul(outer, 1000)); // would lie where a released inner result lay
      return [inner, outer] as const;
    });
    expect([...y[0].data]).toEqual([2, 4, 6, 8]);
    for (let i = 0; i < 5; i++) inference(() => mul(tensor([9, 9, 9, 9, 9, 9]), 9));
    expect([...y[0].data]).toEqual([2, 4, 6, 8]);
  });

  within('integers and masks need no engine memory and pass through', () => {
    const ids = inference(() => reshape(integers([1, 2, 3, 4]), [2, 2]));
    expect([...ids.data]).toEqual([1, 2, 3, 4]);
  });

  within('records nothing', () => {
    const x = variable(tensor([1]));
    expect(inference(() => mul(x, 2)).requiresGradient).toBe(false);
  });

  within('refuses a function that returns a promise, and works afterwards', () => {
    expect(() => inference(async () => tensor([1]))).toThrow(/must be synchronous/);
    expect([...inference(() => mul(tensor([1]), 2)).data]).toEqual([2]);
  });

  within('after an error inside, memory is given back and the next call works', () => {
    const before = backend.memory?.mark();
    expect(() =>
      inference(() => {
        mul(tensor([1, 2]), 2);
        region(() => {
          add(tensor([1]), tensor([1, 2, 3]));
          throw new Error('inside');
        });
      }),
    ).toThrow('inside');
    expect(backend.memory?.mark()).toBe(before);
    expect([...inference(() => mul(tensor([1]), 2)).data]).toEqual([2]);
  });

  within('keep lets a tensor out early', () => {
    let seen: Tensor | undefined;
    inference(() => {
      seen = keep(mul(tensor([1, 2]), 3));
    });
    expect([...(seen as Tensor).data]).toEqual([3, 6]);
  });

  within('any tree of regions gives what the same steps give outside', () => {
    interface Step {
      readonly nested: boolean;
      readonly length: number;
      readonly children: readonly Step[];
    }
    const steps = fc.letrec<{ step: Step }>((tie) => ({
      step: fc.record({
        nested: fc.boolean(),
        length: fc.integer({ min: 0, max: 300 }),
        children: fc.oneof({ maxDepth: 3 }, fc.constant([]), fc.array(tie('step'), { maxLength: 3 })),
      }),
    })).step;
    const walk = (x: Tensor, { nested, length, children }: Step): Tensor => {
      const body = (): Tensor => {
        const longer = concat([x, tensor(new Float32Array(length).fill(1))], 0);
        return children.reduce(
          (y, child) => concat([mul(walk(y, child), 2), reshape(x, [x.size])], 0),
          longer,
        );
      };
      return nested ? region(body) : body();
    };
    forAll([steps], (step) => {
      const x = tensor([1, 2, 3]);
      expectClose(
        inference(() => walk(x, step)),
        walk(x, step),
      );
    });
  });
});

describe.skipIf(!wasmSupported())('what is not returned from inference', () => {
  const escapee = (make: (x: Tensor) => AnyTensor): AnyTensor => {
    let escaped: AnyTensor | undefined;
    using engine = wasmBackendSync();
    using _ = useBackend(engine);
    inference(() => {
      escaped = make(tensor([1, 2, 3, 4]));
      return mul(tensor([1]), 2);
    });
    return escaped as AnyTensor;
  };

  it('cannot be read, and says how to get it out', () => {
    expect(() => escapee((x) => mul(x, 2)).data).toThrow(
      /after the inference\(…\), trainingStep\(…\) or region\(…\) that made it had ended\. Return the tensor from it, or keep\(tensor\)/,
    );
    expect(escapee((x) => mul(x, 2)).filled).toBe(false);
  });

  it('cannot be read by another shape of it either', () => {
    expect(() => escapee((x) => reshape(mul(x, 2), [2, 2])).data).toThrow(/had ended/);
  });

  it('cannot be read when an inner region made a shape of an outer tensor', () => {
    const read = escapee((x) => {
      const outer = mul(x, 2);
      let inner: Tensor = outer;
      region(() => {
        inner = reshape(outer, [2, 2]);
      });
      return inner;
    });
    expect(() => read.data).toThrow(/had ended/);
  });

  it('cannot be read when an inner region returned a shape of an outer tensor', () => {
    const read = escapee((x) => {
      const outer = mul(x, 2);
      return region(() => reshape(outer, [2, 2]));
    });
    expect(() => read.data).toThrow(/had ended/);
  });

  it('may come from an inference on another engine inside of it: that gives copies', () => {
    using outer = wasmBackendSync();
    using inner = wasmBackendSync();
    using _ = useBackend(outer);
    const [a, b] = inference(() => {
      const x = mul(tensor([1, 2]), 2);
      const nested = (): Tensor => {
        using __ = useBackend(inner);
        return inference(() => mul(x, 3));
      };
      return [nested(), x] as const;
    });
    using __ = useBackend(inner);
    for (let i = 0; i < 3; i++) inference(() => mul(tensor([9, 9]), 9));
    expect([[...a.data], [...b.data]]).toEqual([
      [6, 12],
      [2, 4],
    ]);
  });

  it('is an ordinary tensor where the data never lay in the engine', () => {
    const outside = tensor([1, 2, 3, 4]);
    expect([...(escapee(() => reshape(outside, [2, 2])).data as Float32Array)]).toEqual([1, 2, 3, 4]);
  });
});

describe('useBackend', () => {
  it('makes a backend current until its handle is disposed, and only the first disposal counts', () => {
    const before = currentBackend();
    const outer = useBackend(jsBackend);
    expect(currentBackend()).toBe(jsBackend);
    outer[Symbol.dispose]();
    expect(currentBackend()).toBe(before);
    const again = useBackend(jsBackend);
    outer[Symbol.dispose]();
    expect(currentBackend()).toBe(jsBackend);
    again[Symbol.dispose]();
    expect(currentBackend()).toBe(before);
  });
});
