// The program of a worker, as text: it must run where no bundler has seen it (Node: eval, as a script or as a module; browsers: a
// Blob).

import { control } from './control.ts';
import { maxFields } from './kernels/record.ts';

/**
 * Waits for jobs, takes chunks until none is left, waits again. Spins a little before it sleeps, because kernels come in
 * rows and waking takes longer than most of them.
 */
export const workerSource: string = `
const serve = ({ module, memory, thread, kernels }, ready) => {
  const words = new Int32Array(memory.buffer, 0, ${control.record});
  const imports = { env: { memory, log: Math.log } };
  const instances = [new WebAssembly.Instance(module, imports)];
  const instanceOf = (group) => {
    if (instances[group] === undefined) {
      const bytes = new Uint8Array(memory.buffer, words[${control.module}] >>> 0, words[${control.moduleBytes}]).slice(); // out of shared memory
      instances[group] = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
    }
    return instances[group];
  };
  const work = () => {
    for (;;) {
      const chunk = Atomics.sub(words, ${control.remaining}, 1) - 1;
      if (chunk < 0) return;
      try {
        const scratch = words[${control.scratch}] + thread * words[${control.scratchStride}];
        let part = 0;
        while (chunk >= words[${control.ends} + part]) part++;
        const first = part === 0 ? 0 : words[${control.ends} + part - 1];
        const record = 4 * (${control.record} + part * ${maxFields});
        instanceOf(words[${control.group}]).exports[kernels[words[${control.kernel}]]](record, chunk - first, scratch);
      } catch {
        Atomics.store(words, ${control.failed}, 1);
      }
      Atomics.add(words, ${control.finished}, 1);
    }
  };
  ready();
  for (;;) {
    const job = Atomics.load(words, ${control.job});
    work();
    let turns = 0;
    while (turns < 20000 && Atomics.load(words, ${control.job}) === job) turns++;
    if (turns === 20000) Atomics.wait(words, ${control.job}, job);
  }
};
const node = globalThis.process?.getBuiltinModule?.('node:worker_threads');
if (node) serve(node.workerData, () => node.parentPort.postMessage('ready'));
else self.onmessage = ({ data }) => serve(data, () => self.postMessage('ready'));
`;
