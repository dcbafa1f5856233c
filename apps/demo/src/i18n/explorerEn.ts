// Texts of the explorer in English. Their shape is the type that other languages must have.

/** English. */
export const explorerEn = {
  heads: {
    question: 'What does each head look at?',
    section: '2.1 · 6.2.1',
    lead: 'Every layer has several heads, and each looks in its own way. Here are all of them on one sentence, each named after the place that gets most of its attention. Choose one, and see its looks as lines and as a matrix.',
    sentence: 'Sentence',
    presets: 'Try',
    presetNames: { bank: 'Two banks', repeated: 'Words twice', pronoun: 'What is “it”?', list: 'A list' },
    presetPoints: {
      bank: 'The sentence of the Look page: some heads look at neighbours, some by meaning.',
      repeated: 'Words that come twice: does a head look at the other one of the same word?',
      pronoun: '“It” can be the trophy or the suitcase: which head looks there?',
      list: 'The same three words again and again: what is left when there is little meaning?',
    },
    all: 'All heads',
    allHint: 'Rows are layers, columns heads. Arrow keys move.',
    lines: 'Its looks as lines',
    map: 'The same as a matrix',
    parts: 'Where its attention goes',
    chance: (share: string) => `by chance ${share}`,
    none: 'no such place here',
    names: {
      previous: 'previous token',
      next: 'next token',
      self: 'itself',
      sink: 'first token',
      same: 'same word',
      broad: 'broad',
      mixed: 'by content',
    },
    sinkSpecial: '[CLS]/[SEP]',
    shares: {
      previous: 'to the token before',
      next: 'to the token after',
      self: 'to itself',
      sink: 'to the first token',
      same: 'to the same word elsewhere',
    },
    sharesSpecial: 'to [CLS] and [SEP]',
    entropy: 'Entropy',
    entropyOf: (bits: string, most: string) => `${bits} of ${most} bits`,
    captionBits: (bits: string) => `${bits} bits`,
    verdictPrevious: (head: string, share: string, chance: string) =>
      `${head} looks most at the previous token: ${share} of each look, against ${chance} by chance.`,
    verdictOwn: (head: string, name: string, share: string, bits: string, most: string) =>
      `${head} is shown. Its name is “${name}”${share}; it spreads over ${bits} of at most ${most} bits.`,
    ownShare: (share: string) => ` (${share})`,
    verdictSpecial: (share: string, chance: string) =>
      `[CLS] and [SEP] get ${share} of all attention of all heads, against ${chance} by chance: where a head has nothing to find, it rests there.`,
    verdictFirst: (token: string, share: string, chance: string) =>
      `This model has no [CLS] and no [SEP]. The first token, “${token}”, gets ${share} of all attention, against ${chance} by chance.`,
    verdictSame: (head: string, share: string, chance: string) =>
      `Most at the same word elsewhere looks ${head}: ${share}, against ${chance} by chance.`,
    verdictNoSame: 'No word comes twice here, so no head can be named after it.',
    verdictCount: (list: string) => `All heads: ${list}.`,
    counted: (count: number, name: string) => `${count} × ${name}`,
    notesSay:
      'The notes say: several heads notice different subspaces, as several filters of a CNN do. The names above show how different they are on this sentence; on another one the same head may earn another name.',
    remark: (share: string, broad: string) =>
      `A head is named after the place that gets at least ${share} of a mean look and at least twice what chance gives it; “broad” is an entropy of at least ${broad} of log₂ n; all else is “by content”.`,
    comma: ', ',
    open: 'Explore this head',
  },
  neuron: {
    question: 'Which numbers of q and k make this weight?',
    section: '1.2 · 2.3',
    lead: 'A weight begins as two vectors. Multiply query and key number by number, add the products up, divide by √d, and let softmax share out 100 %. Each bar is one dimension; choose a key to see which of them speak for it.',
    looking: 'looks',
    query: (token: string) => `q of “${token}”`,
    key: 'k',
    product: 'q ∘ k',
    dot: 'q·k',
    scaled: (depth: number) => `÷ √${depth}`,
    weight: 'softmax',
    token: 'Token that looks',
    order: 'Dimensions',
    orders: { lift: 'Strongest first', index: 'In their order' },
    hint: 'Up is positive, down is negative. Click a row to ask which dimensions speak for it; arrow keys move.',
    waiting: 'Queries and keys come with the weights.',
    label: (query: string, key: string) => `Query of “${query}” against all keys; chosen is “${key}”`,
    read: (dimension: number, token: string, q: string, k: string, product: string) =>
      `Dimension ${dimension}, “${token}”: ${q} × ${k} = ${product}`,
    rowRead: (token: string, dot: string, scaled: string, weight: string) =>
      `“${token}”: q·k = ${dot}, scaled ${scaled}, weight ${weight}`,
    table: 'Dimensions that speak most for it',
    dimension: 'dimension',
    lift: 'lift',
    verdict: (query: string, key: string, weight: string, score: string, lead: string) =>
      `“${query}” gives “${key}” ${weight}: its scaled score ${score} lies ${lead} above the mean of all keys.`,
    verdictBelow: (query: string, key: string, weight: string, score: string, lead: string) =>
      `“${query}” gives “${key}” only ${weight}: its scaled score ${score} lies ${lead} below the mean of all keys.`,
    verdictHalf: (half: number, depth: number, dimensions: string) =>
      `${half} of ${depth} dimensions make half of that lead: ${dimensions}.`,
    verdictScale: (depth: number, scaled: string, unscaled: string) =>
      `Divided by √${depth}, the largest weight of this row is ${scaled}; undivided it would be ${unscaled}.`,
    verdictExact: (error: string) =>
      `Recomputed here from q and k alone, the row differs from the model’s own weights by at most ${error}.`,
    notesSay:
      'The notes say: the weight is the inner product of query and key through softmax. It is; and they say that scaling prevents exploding gradients. What it prevents is saturation: one weight near 1, and gradients near 0.',
    remark:
      'A dimension’s lift is its part of the scaled score less the mean of that part over all keys: softmax forgets what all keys share.',
  },
};

/** The texts of the explorer in one language. */
export type ExplorerTexts = typeof explorerEn;
