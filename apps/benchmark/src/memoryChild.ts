// Entry of a process of the suite `memory`: one engine takes some training steps; what comes back is the most memory that the process ever had.

import { useBackend, wasmBackend } from '@heed/tensor';
import { jaxName, ours, tensorFlowName } from './engines.ts';
import { jax } from './peers/jax.ts';
import { jaxTraining } from './peers/jaxTraining.ts';
import { tensorFlow } from './peers/tensorFlow.ts';
import { type TrainableTensorFlow, tensorFlowTraining } from './peers/tensorFlowTraining.ts';
import { ownTraining, trainingShape } from './suites/training.ts';
import { type TrainingProblem, trainingProblem } from './trainingModel.ts';

const engineOf = async (name: string, problem: TrainingProblem): Promise<() => number | Promise<number>> => {
  switch (name) {
    case ours: {
      useBackend(await wasmBackend({ threads: 1 }));
      return ownTraining((body) => body(), problem);
    }
    case jaxName:
      return jaxTraining(await jax(), problem);
    case tensorFlowName:
      return tensorFlowTraining((await tensorFlow()) as TrainableTensorFlow, problem);
    default:
      throw new Error(`memory: no engine ${name}.`);
  }
};

const [, , name = '', steps = ''] = process.argv;
const step = await engineOf(name, trainingProblem(trainingShape));
for (let done = 0; done < Number(steps); done++) await step();
process.send?.({ megabytes: process.resourceUsage().maxRSS / 1024 }, () => process.exit(0)); // maxRSS is in KiB
