// Runs the kernel contract in a browser's Worker: flash-gpu on gpu.js, and the CPU engine with one and with two threads.
import { type AttentionKernel, dense, flash, UnsupportedError } from '@heed/attention';
import { attentionKernelCases } from '@heed/attention/cases';
import {
  gelu,
  int8Weight,
  linearInt8,
  matmul,
  normal,
  random,
  transpose,
  useBackend,
  wasmBackend,
} from '@heed/tensor';
import { flashGpu } from '../../src/index.ts';

/** What the page reports. */
export interface BrowserReport {
  readonly isolated: boolean;
  /** By kernel: cases passed, declined by name, and failed with their messages. */
  readonly kernels: Readonly<Record<string, { passed: number; declined: number; failed: string[] }>>;
  readonly threads: number;
  /** Whether two threads gave the bits of one on kernels that are shared out, one of each of the engine's modules. */
  readonly sameBits: boolean;
}

const runAll = (kernel: AttentionKernel) => {
  const result = { passed: 0, declined: 0, failed: [] as string[] };
  for (const { name, run } of attentionKernelCases)
    try {
      run(kernel);
      result.passed++;
    } catch (error) {
      if (error instanceof UnsupportedError) result.declined++;
      else result.failed.push(`${name}: ${error}`);
    }
  return result;
};

const report = async (): Promise<BrowserReport> => {
  const source = random(1);
  const [a, b] = [normal([300, 200], source), normal([200, 250], source)];
  const weight = int8Weight(transpose(b));
  const compute = () => [matmul(a, b), gelu(matmul(a, b)), linearInt8(a, weight)].map(({ data }) => data);
  const alone = compute();
  const gpu = flashGpu();
  const kernels: Record<string, ReturnType<typeof runAll>> = {
    'flash-gpu': runAll(gpu.kernel),
    dense: runAll(dense),
  };
  gpu[Symbol.dispose]();
  const engine = await wasmBackend({ threads: 2 });
  useBackend(engine);
  const together = compute();
  kernels['flash, two threads'] = runAll(flash);
  const { threads } = engine.describe();
  return {
    isolated: crossOriginIsolated,
    kernels,
    threads,
    sameBits: alone.every((data, at) => data.every((value, index) => value === together[at]?.[index])),
  };
};

report().then(
  (found) => postMessage(found),
  (error: unknown) => postMessage({ error: String(error) }),
);
