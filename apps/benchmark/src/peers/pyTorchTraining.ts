// The training step in PyTorch, where a Python with it was given: autograd, its fused attention and its AdamW, as a user writes it.

import { type TrainingProblem, trainingRates } from '../trainingModel.ts';
import { pythonPeer } from './pythonPeer.ts';

/** Name of its rows. */
export const pyTorchName = 'PyTorch';

/**
 * Reads the weights layer by layer (matrices [inputs, outputs]), x and the targets; then for each s it takes a step and answers its loss, for m the
 * most memory that it ever had, in MB. Both as float32.
 */
const program = `
import resource, struct, sys, torch
import torch.nn.functional as F
layers, width, heads, inner, batch, length, classes, threads = map(int, sys.argv[1:9])
rate, beta1, beta2, epsilon, decay = map(float, sys.argv[9:14])
torch.set_num_threads(threads)
def read(*shape, dtype=torch.float32):
    count = torch.Size(shape).numel()
    return torch.frombuffer(bytearray(sys.stdin.buffer.read(4 * count)), dtype=dtype).view(shape)
weights = []
def matrix(inputs, outputs):
    weights.append(read(inputs, outputs).t().contiguous().requires_grad_())
    return weights[-1]
def vector(size):
    weights.append(read(size).clone().requires_grad_())
    return weights[-1]
linear = lambda inputs, outputs: (matrix(inputs, outputs), vector(outputs))
norm = lambda: (vector(width), vector(width))
net = [(linear(width, width), linear(width, width), linear(width, width), linear(width, width), norm(),
        linear(width, inner), linear(inner, width), norm()) for _ in range(layers)]
head = linear(width, classes)
x, targets = read(batch, length, width), read(batch * length, dtype=torch.int32).long()
groups = [{'params': [w for w in weights if w.dim() > 1], 'weight_decay': decay},
          {'params': [w for w in weights if w.dim() == 1], 'weight_decay': 0.0}]
optimizer = torch.optim.AdamW(groups, lr=rate, betas=(beta1, beta2), eps=epsilon)
split = lambda y: y.view(batch, length, heads, width // heads).transpose(1, 2)
def forward(h):
    for q, k, v, o, first, up, down, second in net:
        seen = F.scaled_dot_product_attention(*(split(F.linear(h, *w)) for w in (q, k, v)))
        h = F.layer_norm(h + F.linear(seen.transpose(1, 2).reshape(batch, length, width), *o), (width,), *first)
        h = F.layer_norm(h + F.linear(F.relu(F.linear(h, *up)), *down), (width,), *second)
    return F.linear(h, *head)
while True:
    word = sys.stdin.buffer.read(1)
    if word == b's':
        optimizer.zero_grad()
        loss = F.cross_entropy(forward(x).view(-1, classes), targets)
        loss.backward()
        optimizer.step()
        answer = loss.item()
    elif word == b'm':
        answer = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    else:
        break
    sys.stdout.buffer.write(struct.pack('<f', answer))
    sys.stdout.buffer.flush()
`;

/** A net that trains in its own process. */
export interface PyTorchTraining {
  /** Takes a step, gives its loss. */
  step(): Promise<number>;
  /** Most resident memory of the process so far, in MB. */
  megabytes(): Promise<number>;
  end(): void;
}

/** Starts the process and gives it the problem. */
export const pyTorchTraining = (
  python: string,
  threads: number,
  problem: TrainingProblem,
): PyTorchTraining => {
  const { layers, width, heads, innerWidth, batch, length, classes, weights, x, targets } = problem;
  const { learningRate, betas, epsilon, weightDecay } = trainingRates;
  const peer = pythonPeer(python, program, {
    numbers: [
      ...[layers, width, heads, innerWidth, batch, length, classes, threads],
      ...[learningRate, ...betas, epsilon, weightDecay],
    ],
    arrays: [...weights.map(({ data }) => data), x, targets],
  });
  const number = async (word: string): Promise<number> =>
    new Float32Array((await peer.ask(word, 4)).buffer)[0] as number; // four bytes
  return { step: () => number('s'), megabytes: () => number('m'), end: () => peer.end() };
};
