// Run in a process of its own by kill.test.ts: trains in the folder that HEED_RUN names, says each step, and is killed somewhere.

import { writeSync } from 'node:fs';
import { directory } from '../../src/io/index.ts';
import { killable } from './killable.ts';

for await (const event of killable(directory(process.env.HEED_RUN ?? ''), { every: 1 }).events)
  writeSync(1, `${event.kind} ${event.step}\n`);
writeSync(1, 'done\n');
