// Entry of a measuring process: the job is its argument, messages go to the process that started it.

import type { Job } from './job.ts';
import { runJob } from './runJob.ts';

const job = JSON.parse(process.argv[2] ?? '') as Job; // written by spawnJob
await runJob(job, (message) => process.send?.(message));
process.exit(0); // engines of the peers keep threads alive
