// The net of the spirals: blocks that add and then normalize, the arrangement of the Transformer of 2017 without its attention. Vaswani
// 2017 (arXiv:1706.03762), §3.1: LayerNorm(x + Sublayer(x)).

import { add, relu, type Tensor } from '@heed/tensor';
import { kaimingNormal, LayerNorm, Linear } from '@heed/tensor/nn';

/** One block: LayerNorm(x + ReLU(Linear(x))). */
class Block {
  readonly linear: Linear;
  readonly norm: LayerNorm;

  constructor(width: number) {
    this.linear = new Linear(width, width, { initializer: kaimingNormal() });
    this.norm = new LayerNorm(width);
  }

  forward(x: Tensor): Tensor {
    return this.norm.forward(add(x, this.linear.forward(x, 'relu')));
  }
}

/** Points of a plane to scores of two classes. */
export class ResidualNet {
  readonly first: Linear;
  readonly blocks: readonly Block[];
  readonly last: Linear;

  constructor(blocks: number, width: number) {
    this.first = new Linear(2, width);
    this.blocks = Array.from({ length: blocks }, () => new Block(width));
    this.last = new Linear(width, 2);
  }

  /** [points, 2] → scores [points, 2]. */
  forward(points: Tensor): Tensor {
    let x = relu(this.first.forward(points));
    for (const block of this.blocks) x = block.forward(x);
    return this.last.forward(x);
  }
}
