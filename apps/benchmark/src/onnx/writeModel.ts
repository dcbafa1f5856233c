// Writes an ONNX model with onnx-proto: the graph is plain data here, the bytes are the library's.

import { importPeer } from '../peers/importPeer.ts';

/** Element types that our graphs use, with ONNX's numbers (onnx.proto, TensorProto.DataType). */
const elementTypes = { float32: 1, int64: 7 } as const;

/** Element types that our graphs use. */
export type ElementType = keyof typeof elementTypes;

/** An input or output; a word in the shape is a free dimension. */
export interface Port {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly (number | string)[];
}

/** A constant: a weight. */
export interface Initializer {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** An operator; attributes are integers (`integers`) or floats (`floats`). The domain 'com.microsoft' is onnxruntime's own. */
export interface GraphNode {
  readonly operator: string;
  readonly domain?: 'com.microsoft';
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly integers?: Readonly<Record<string, number>>;
  readonly floats?: Readonly<Record<string, number>>;
}

/** A whole graph, nodes in the order of computation. */
export interface Graph {
  readonly name: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly initializers: readonly Initializer[];
  readonly nodes: readonly GraphNode[];
}

interface OnnxProto {
  readonly onnx: {
    readonly ModelProto: {
      create(model: object): object;
      encode(model: object): { finish(): Uint8Array };
    };
  };
}

const attributesOf = ({ integers = {}, floats = {} }: GraphNode): object[] => [
  ...Object.entries(integers).map(([name, i]) => ({ name, i, type: 2 })), // AttributeProto.INT
  ...Object.entries(floats).map(([name, f]) => ({ name, f, type: 1 })), // AttributeProto.FLOAT
];

const portOf = ({ name, type, shape }: Port): object => ({
  name,
  type: {
    tensorType: {
      elemType: elementTypes[type],
      shape: {
        dim: shape.map((extent) =>
          typeof extent === 'number' ? { dimValue: extent } : { dimParam: extent },
        ),
      },
    },
  },
});

/** The graph as the bytes of an .onnx file, operator set 17 (LayerNormalization exists, all engines read it). */
export const writeModel = async ({
  name,
  inputs,
  outputs,
  initializers,
  nodes,
}: Graph): Promise<Uint8Array> => {
  const { onnx } = (await importPeer('onnx-proto')) as OnnxProto;
  const model = onnx.ModelProto.create({
    irVersion: 8,
    producerName: 'heed-benchmark',
    opsetImport: [
      { domain: '', version: 17 },
      { domain: 'com.microsoft', version: 1 },
    ],
    graph: {
      name,
      input: inputs.map(portOf),
      output: outputs.map(portOf),
      initializer: initializers.map(({ name: weight, shape, data }) => ({
        name: weight,
        dims: shape,
        dataType: elementTypes.float32,
        rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      })),
      node: nodes.map((node, index) => ({
        name: `${node.operator}.${index}`,
        opType: node.operator,
        domain: node.domain ?? '',
        input: node.inputs,
        output: node.outputs,
        attribute: attributesOf(node),
      })),
    },
  });
  return onnx.ModelProto.encode(model).finish();
};
