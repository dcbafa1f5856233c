// The texts of the Positions page in English. Their shape is the type that other languages must have.

/** English. */
export const positionsEn = {
  failed: 'The computation stopped.',
  place: {
    question: 'How does attention know where a word stands?',
    section: '6.2.8 · 6.2.9',
    lead: 'Attention itself has no order: scores compare contents. So a position must be put in, and there are eight answers here. Choose one, move the sentence by a few places, and see which scores notice.',
    presets: 'Encoding',
    presetNames: {
      none: 'None',
      sinusoidal: 'Sinusoidal',
      learned: 'Learned',
      shaw: 'Shaw',
      transformerXl: 'Transformer-XL',
      t5: 'T5',
      rope: 'RoPE',
      alibi: 'ALiBi',
    },
    presetPoints: {
      none: 'Only contents are compared: a sentence is a bag of words.',
      sinusoidal: 'Vaswani 2017: waves of many lengths, added to the words. Fixed, for any length.',
      learned:
        'BERT, GPT-2: a vector for each place, added to the words. The table is that of a trained BERT; it ends with place 511.',
      shaw: 'Shaw 2018: a vector for each distance, compared with the query; alike beyond 8.',
      transformerXl: 'Dai 2019: waves of the distance, projected and compared with the query.',
      t5: 'Raffel 2020: a number for each head and bucket of distances, added to the score; here as drawn, untrained.',
      rope: 'Su 2021: queries and keys are turned by their place, so that their product knows the distance.',
      alibi: 'Press 2022: scores fall in a straight line with the distance, steeper in some heads.',
    },
    learns: (count: string) => `Numbers to learn in this layer: ${count}.`,
    sentence: 'Sentence (up to 12 words)',
    shift: 'Moved by (places)',
    head: 'Head',
    layout: 'Pairs of numbers',
    layouts: { interleaved: 'neighbours', halves: 'halves' },
    order: 'Words in another order',
    orders: { reversed: 'backwards', rotated: 'last one first' },
    fine: 'Words have vectors drawn by their letters, and the layer has weights drawn by a seed: the same for all encodings. Moving is real: other words are put before the sentence.',
    table: 'The encoding itself',
    noTable: 'There is nothing to draw: no number says where a word stands.',
    kinds: {
      place: 'place',
      head: 'head',
      distance: 'distance of the key',
      number: 'number',
      turn: 'cosine of pair',
    },
    cell: (row: string, column: string, value: string) => `${row}, ${column}: ${value}`,
    byDistance: 'What it does to a score, by distance',
    byDistanceHints: {
      none: 'Nothing, at any distance.',
      sinusoidal: 'Product of two places’ vectors: the same for all places, so only the distance counts.',
      learned: 'Product of two places’ vectors: trained to fall with distance, yet each place its own way.',
      shaw: 'The term that a word adds, as a query.',
      transformerXl: 'The term that a word adds, as a query.',
      t5: 'What is added in each head: the steps are buckets.',
      rope: 'Score of a vector of ones with itself, turned apart.',
      alibi: 'What is added in each head.',
    },
    distanceAxis: 'distance of the key',
    scoreAxis: 'in the score',
    of: {
      head: (index: number) => `head ${index}`,
      place: (index: number) => `place ${index}`,
      word: (word: string) => `“${word}”`,
      all: 'any',
    },
    before: 'Scores at the beginning',
    after: (shift: number) => `The same words, ${shift} places later`,
    change: (most: string) => `What changed: at most ${most}`,
    query: 'query',
    key: 'key',
    score: (query: string, key: string, value: string) => `“${query}” scores “${key}”: ${value}`,
    changed: (query: string, key: string, value: string) => `“${query}” and “${key}”: changed by ${value}`,
    moved: (shift: number) => `Change of scores, moved by ${shift}`,
    movedHint: 'Of their spread (standard deviation).',
    reordered: {
      reversed: 'Change of outputs, read backwards',
      rotated: 'Change of outputs, last word first',
    },
    reorderedHint: 'Of a word’s output, against the words in order.',
    verdictStill: 'The sentence stands where it stood. Move it by some places to see which scores notice.',
    verdictMoves: (name: string, shift: number, share: string, most: string) =>
      `${name}: moved by ${shift} places, the same words score differently, by ${share} of their spread, at most by ${most} in any head.`,
    verdictStays: (name: string, shift: number, most: string) =>
      `${name}: moved by ${shift} places, no score changes by more than ${most}. Only distances count.`,
    verdictExact: (name: string, shift: number) =>
      `${name}: moved by ${shift} places, not one score changes in a single bit. Only distances count.`,
    verdictNone: (shift: number) =>
      `Without positions nothing can change: ${shift} places later the words are the same, and that is all that is compared.`,
    verdictAll: (sinusoidal: string, learned: string, most: string) =>
      `Absolute encodings notice: sinusoidal by ${sinusoidal}, learned by ${learned}. Relative ones do not: Shaw, Transformer-XL, T5, RoPE and ALiBi change no score by more than ${most}, which is rounding.`,
    verdictOrder: (none: string, name: string, own: string) =>
      `In another order the words get the same outputs without positions (change ${none}): attention does not see order. With ${name} they change by ${own}.`,
    verdictOrderNone: (none: string) =>
      `In another order every word gets the same output (change ${none}): attention does not see order.`,
    verdictMirror: (own: string) =>
      `Read backwards, ALiBi sees no difference (${own}): it knows how far, not whether before or after. In its decoders the causal mask tells that.`,
    notesSay:
      'The notes’ 6.2.8 says that without positions a sentence’s order makes no difference: measured here. Their formula in 6.2.9 has the relative term R inside the division by √d: so does Shaw; T5 adds it afterwards and does not divide, and Transformer-XL splits it into four terms. RoPE is their third kind, a rotation.',
    remarks: {
      none: 'Nothing else enters.',
      sinusoidal:
        'Products of sinusoids depend on i − j, but the words’ own vectors are added before the projections, so whole scores change.',
      learned:
        'The rows shown are the first 64 of SPLADE-tiny’s 512 (a BERT of two layers), over the size of its word vectors.',
      shaw: 'The table of vectors is drawn, not trained.',
      transformerXl: 'W_r, u and v are drawn, not trained.',
      t5: 'T5 does not scale q·k; here it is scaled for all alike.',
      rope: 'The score of two turned vectors has i − j only; YaRN and others change the rates: see below.',
      alibi: 'Four heads, four slopes.',
    },
  },
  stretch: {
    question: 'What happens to RoPE beyond the length it was trained on?',
    section: '6.2.9',
    lead: 'Each pair of numbers turns at its own rate. Fast pairs went round many times in the training; slow ones saw only a part of their circle, and later positions bring angles that no query has met. Scalings slow pairs down, each at another price.',
    presets: 'Try',
    presetNames: {
      four: 'Four times as long',
      eight: 'Eight times',
      short: 'A short text',
      llama: 'Llama 2, head of 128',
    },
    presetPoints: {
      four: 'A head of 64 trained on 2048 positions, used on 8192.',
      eight: 'Scalings set for 8 times as much.',
      short:
        'The text is no longer than the training: dynamic scaling does nothing yet, the others pay all the same.',
      llama: 'Trained on 4096 positions, used on 16 384.',
    },
    depth: 'Depth of a head',
    trained: 'Trained on (positions)',
    factor: 'Scaling set for (times the training)',
    used: 'Length of the text (times the training)',
    ways: {
      none: 'as it is',
      linear: 'linear',
      ntk: 'NTK',
      dynamic: 'dynamic NTK',
      yarn: 'YaRN',
      llama3: 'Llama 3',
    },
    angles: 'Angle of each pair at the last position, over its largest in the training',
    pairAxis: 'pair, fast to slow',
    ratioAxis: 'times the training',
    met: 'met in training',
    anglesHint: (count: number) =>
      `Right of the line ${count} pairs never turned round in the training: above 1 they meet new angles.`,
    near: 'Score of near distances',
    nearAxis: 'distance',
    nearValue: 'of a vector with itself',
    nearHint: 'Well learned in training: a scaling should leave it alone.',
    table: 'The two prices',
    way: 'scaling',
    unseen: 'pairs with new angles',
    farthest: 'farthest',
    nearChange: 'change nearby',
    verdictFirst: (length: string, unseen: number, pairs: number, ratio: string) =>
      `At position ${length}, ${unseen} of ${pairs} pairs meet angles that training never brought, up to ${ratio} times as far, if nothing is scaled.`,
    verdictWithin: (length: string) =>
      `At position ${length} nothing is new: the text is no longer than the training was.`,
    verdictLinear: (linear: string, yarn: string) =>
      `Linear scaling brings none, but presses near distances together as well: their scores change by ${linear} on average; with YaRN by ${yarn}.`,
    verdictOthers: (ntk: number, yarn: number, llama3: number) =>
      `Pairs with new angles: NTK ${ntk}, YaRN ${yarn}, Llama 3 ${llama3}.`,
    verdictDynamic: (change: string) =>
      `Dynamic NTK scales by the text’s own length: near scores change by ${change} at this one.`,
    notesSay:
      'The notes call RoPE multiplicative relative positions and stop there. That a score depends on the distance alone does not make any distance usable: what was never met was never learned.',
    remark:
      'Angles and scores of near distances are counted exactly; how well a model reads with a scaling, only a trained model can say.',
  },
};

/** The texts of one language. */
export type PositionsTexts = typeof positionsEn;
