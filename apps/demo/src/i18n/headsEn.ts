// The texts of the Heads page in English. Their shape is the type that other languages must have.

/** English. */
export const headsEn = {
  failed: 'The computation stopped.',
  sizes: {
    question: 'How much do fewer key and value heads save?',
    section: '4.1 – 4.4',
    lead: 'A model that writes keeps the keys and values of all tokens so far, in every layer, and reads all of them for each new one. Let several query heads share one head of keys and values, and the cache shrinks by that factor.',
    presets: 'Try',
    presetNames: {
      llama3: 'Llama 3 8B',
      llama2: 'Llama 2 7B',
      starcoder: 'StarCoder',
      notes: 'The notes’ example',
    },
    presetPoints: {
      llama3: 'Grouped (GQA-8): four query heads share one head of keys and values.',
      llama2: 'Multi-head: each query head has its own.',
      starcoder: 'Multi-query: 48 query heads share one.',
      notes: 'Eight query heads, two to a group: four heads of keys and values (GQA-4).',
    },
    width: 'Width d of the model',
    heads: 'Query heads',
    kvHeads: 'Key and value heads',
    layers: 'Layers',
    context: 'Context (tokens)',
    bytes: 'Bytes a number',
    kinds: { mha: 'MHA', gqa: 'GQA', mqa: 'MQA' },
    named: (kind: string, kvHeads: number) => (kind === 'GQA' ? `GQA-${kvHeads}` : `${kind} (${kvHeads})`),
    picture: 'Who shares what',
    pictureText: (heads: number, kvHeads: number, group: number) =>
      `${heads} query heads over ${kvHeads} ${kvHeads === 1 ? 'head' : 'heads'} of keys and values, ${group} to each`,
    query: 'query heads',
    keyValue: 'heads of keys and values',
    cache: 'Cache at this context',
    parameters: 'Weights of attention, all layers',
    parts: { query: 'queries', key: 'keys', value: 'values', output: 'output' },
    byContext: 'Cache by context',
    contextAxis: 'tokens',
    bytesAxis: 'bytes',
    token: 'Read for one new token, at least',
    tokenText: (bytes: string, time: string) => `${bytes} · ${time}`,
    measure: 'Measure decoding here',
    again: 'Measure again',
    stop: 'Stop',
    measured: 'Decoding, measured in this browser',
    measureHint: (context: string, heads: number, depth: number, bound: boolean) =>
      `One layer, ${heads} query heads of ${depth} numbers, over ${context} tokens in float32${bound ? ' (fewer than above, so that all caches fit here)' : ''}: append a token, attend to all.`,
    measuring: (done: number, of: number) => `${done} of ${of} measurements`,
    speed: (count: string) => `${count} tokens/s`,
    verdictMha: (kind: string, cache: string, context: string) =>
      `${kind}: every query head has its own keys and values, and ${context} tokens fill ${cache} of cache.`,
    verdictSaves: (kind: string, cache: string, mha: string, factor: string, context: string) =>
      `${kind}: ${context} tokens fill ${cache} of cache instead of ${mha}: ${factor} times less.`,
    verdictParameters: (share: string, kv: string) =>
      `Attention’s weights shrink by ${share} in all, its matrices for keys and values by ${kv}: queries and output stay as they were.`,
    verdictToken: (bytes: string, time: string, mha: string) =>
      `One new token reads ${bytes} of keys and values: at least ${time} on an A100, against ${mha} with MHA.`,
    verdictMeasured: (speed: string, mha: string, ratio: string, kind: string) =>
      `Measured here: ${speed} tokens/s a layer with ${kind}, ${mha} with MHA: ${ratio} times as fast (medians).`,
    verdictNotMeasured: 'How fast it is in this browser, the button below measures.',
    notesSay:
      'The notes’ 4.2 stresses the smaller matrices for K and V. They are the smaller gain: the cache is what grows with every token, and what each step has to read. Their “grouped by 2” in 4.4 has four groups: papers call it GQA-4, by the heads of keys and values.',
    remark:
      'Cache bytes are those that KVCache reports; bytes a token are those of traffic() with one query.',
  },
  conversion: {
    question: 'Can a trained model give up heads afterwards?',
    section: '4.2 – 4.4',
    lead: 'Here is one attention layer of the loaded model, reading your sentence. Its heads of keys and values are merged in each of four ways, and nothing is trained afterwards: the error is what “uptraining” would start from.',
    presets: 'Try',
    presetNames: { bank: 'A sentence', list: 'A list', question: 'A question' },
    presetPoints: {
      bank: 'Plain English.',
      list: 'Repetition: many keys alike.',
      question: 'Short, and ending in a question mark.',
    },
    sentence: 'Sentence',
    layer: 'Layer',
    layerName: (layer: number) => `Layer ${layer}`,
    kvHeads: 'Key and value heads left',
    ways: { mean: 'mean', first: 'first', random: 'new ones', aligned: 'turned, mean' },
    wayHints:
      'Mean of each group (the GQA paper’s choice); its first head; new random ones; the mean after each head is turned to lie as near to its group as can be, by singular vectors.',
    bars: (kvHeads: number) => `Error of the layer’s output with ${kvHeads}`,
    chart: 'Error by heads of keys and values left',
    headsAxis: 'heads left',
    errorAxis: 'error',
    waiting: 'The weights are on their way, or the layer is being converted.',
    turn: 'Turn heads first, too',
    turnHint: 'Singular vectors of wide heads take a while: 2 s for heads of 64 numbers, 16 s for 128.',
    working: 'Turning heads …',
    verdictMean: (heads: number, kvHeads: number, mean: string) =>
      `From ${heads} heads to ${kvHeads}, the mean changes the layer’s output by ${mean} of its size: the least of what has been tried.`,
    verdictHalf: (
      mean: { readonly heads: number; readonly kvHeads: number; readonly mean: string },
      best: string,
      way: string,
    ) =>
      `From ${mean.heads} heads to ${mean.kvHeads}, the mean changes the layer’s output by ${mean.mean} of its size, “${way}” by ${best}: the least of what has been tried.`,
    verdictSame: (heads: number, error: string) =>
      `To all ${heads} heads the change is ${error}: GQA-${heads} is multi-head attention.`,
    verdictOne: (mean: string, first: string, random: string) =>
      `To a single head (MQA): mean ${mean}, first ${first}, new ones ${random}.`,
    verdictWait: 'The conversions are under way.',
    notesSay:
      'The notes’ 4.2 merges the K and V matrices of several MQA checkpoints. The GQA paper merges the heads of one multi-head checkpoint, as here, and then trains on for 5 % of the pre-training; averaging checkpoints is another technique (averageCheckpoints).',
    remark:
      'The error is that of one layer on one sentence, before any training; a whole model makes more of it, training on makes less.',
  },
};

/** The texts of one language. */
export type HeadsTexts = typeof headsEn;
