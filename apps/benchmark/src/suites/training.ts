// A training step of a Transformer encoder of 4 layers (width 256, feed-forward 1024, 8 heads) on 32 sequences of 64: forward, gradients, AdamW.
// Every engine begins with the same weights and sees the same batch; what is compared are the losses of the first two steps.

import { backward, crossEntropy, Tensor, trainingStep } from '@heed/tensor';
import { parameters } from '@heed/tensor/nn';
import { adamW } from '@heed/tensor/optim';
import type { Absence, BenchmarkCase, Contender } from '../contender.ts';
import { type Engines, jaxName, type OwnEngine, tensorFlowName } from '../engines.ts';
import { jaxTraining } from '../peers/jaxTraining.ts';
import { pyTorchName, pyTorchTraining } from '../peers/pyTorchTraining.ts';
import { type TrainableTensorFlow, tensorFlowTraining } from '../peers/tensorFlowTraining.ts';
import {
  freshNet,
  type TrainingProblem,
  type TrainingSizes,
  trainingOperations,
  trainingProblem,
  trainingRates,
} from '../trainingModel.ts';

/** The case of the suite. */
export const trainingShape: TrainingSizes = {
  ...{ layers: 4, width: 256, heads: 8, innerWidth: 1024 },
  ...{ batch: 32, length: 64, classes: 64 },
};

/** What a case is called. */
export const trainingName = ({ layers, width, innerWidth, batch, length }: TrainingSizes): string =>
  `${layers} layers of ${width}, feed-forward ${innerWidth}, ${batch} × ${length}`;

const noPython: Absence = {
  name: pyTorchName,
  reason: 'no package of npm: name a Python that has it by --python',
};

/** Losses that are compared: of the steps that are taken before the clock runs. */
const compared = 2;

const contender = (
  name: string,
  step: () => number | Promise<number>,
  dispose: () => void = () => undefined,
): Contender => {
  const losses: number[] = [];
  return {
    name,
    run: async () => {
      losses.push(await step());
    },
    output: () => Float32Array.from(losses.slice(0, compared)),
    dispose,
  };
};

/** Our step. */
export const ownTraining = (use: OwnEngine['use'], problem: TrainingProblem): (() => number) => {
  const { batch, length, width } = problem;
  const net = freshNet(problem);
  const optimizer = adamW(parameters(net), trainingRates);
  const x = new Tensor('float32', [batch, length, width], problem.x);
  const targets = new Tensor('int32', [batch, length], problem.targets);
  const step = (): Tensor => {
    const loss = crossEntropy(net.forward(x), targets);
    optimizer.step(backward(loss));
    return loss;
  };
  return () => use(() => trainingStep(step)).item();
};

/** One case a size. */
export const trainingCases = (
  { own, absences, tensorFlow, jax, python, conditions }: Engines,
  shapes: readonly TrainingSizes[] = [trainingShape],
): BenchmarkCase[] =>
  shapes.map((sizes) => ({
    name: trainingName(sizes),
    operations: trainingOperations(sizes),
    tolerance: 1e-3,
    absences: [...absences, ...(python === undefined ? [noPython] : [])],
    prepare: async () => {
      const problem = trainingProblem(sizes);
      const contenders = own.map((engine) => contender(engine.name, ownTraining(engine.use, problem)));
      if (jax !== undefined) contenders.push(contender(jaxName, jaxTraining(jax, problem)));
      if (tensorFlow !== undefined)
        contenders.push(
          contender(tensorFlowName, tensorFlowTraining(tensorFlow as TrainableTensorFlow, problem)),
        );
      if (python !== undefined) {
        const { step, end } = pyTorchTraining(python, conditions.threads, problem);
        contenders.push(contender(pyTorchName, step, end));
      }
      return contenders;
    },
  }));
