// The texts of the Flash page in English. Their shape is the type that other languages must have.

/** English. */
export const flashEn = {
  failed: 'The computation stopped.',
  tiles: {
    question: 'How can attention be exact without ever storing its matrix?',
    section: '5.2 · 5.3',
    lead: 'Only what is framed lies on chip: one tile of the N × N weights, and the rows of Q, K, V and O that belong to it. Each row keeps its largest score m and its sum ℓ; when a later tile brings a larger score, what was gathered is scaled down. Press play.',
    presets: 'Try',
    presetNames: {
      first: 'FlashAttention-1',
      second: 'FlashAttention-2',
      causal: 'Causal',
      large: 'Large scores',
      uneven: 'Uneven tiles',
    },
    presetPoints: {
      first: 'Keys in the outer loop, as in the notes: each block of keys is read once, outputs come and go.',
      second: 'Queries in the outer loop: the output stays on chip until it is done.',
      causal: 'Tiles above the diagonal are empty: they are skipped and cost nothing.',
      large: 'Scores a hundred times larger: without the maximum, exp leaves float32.',
      uneven: 'Blocks that do not divide the length: the last ones are shorter, the result is the same.',
    },
    length: 'Length N (queries and keys)',
    depth: 'Depth d',
    sizes: 'Sizes',
    blockQueries: 'Queries a tile',
    blockKeys: 'Keys a tile',
    mask: 'Mask',
    masks: { none: 'none', causal: 'causal' },
    order: 'Outer loop',
    orders: { keys: 'keys', queries: 'queries' },
    spread: 'Size of the scores',
    spreadValue: (spread: number) => `× ${spread}`,
    seed: 'Seed',
    play: 'Play',
    pause: 'Pause',
    back: 'Back',
    next: 'Next',
    scrub: 'Tile',
    scrubValue: (done: number, of: number) => `${done} of ${of}`,
    start: 'Nothing is read yet: every maximum is −∞, sums and output are zero.',
    at: (queries: string, keys: string) => `Queries ${queries} meet keys ${keys}. `,
    firstVisit: 'For these rows it is the first tile.',
    rises: (rows: number, of: number, least: string) =>
      rows === 0
        ? 'No row finds a larger score: nothing is rescaled.'
        : `${rows} of ${of} rows find a larger score: what they had gathered is multiplied by exp(m old − m new), down to ${least}.`,
    skipped: (queries: string, keys: string) =>
      `Queries ${queries} and keys ${keys}: the mask hides the whole tile. Skipped, nothing is read.`,
    tile: (index: number, queries: string, keys: string) => `Tile ${index}: queries ${queries}, keys ${keys}`,
    picture: 'Q, K, V and O with the tile at work',
    legend: {
      onChip: 'framed: on chip now',
      done: 'computed, then forgotten',
      skipped: 'skipped',
      pale: 'faint: low, strong: high',
    },
    rows: 'Rows of the tile',
    row: 'row',
    old: '× old',
    moved: 'Bytes moved so far',
    main: 'Main memory (HBM)',
    onChip: 'On chip (SRAM)',
    onChipHint:
      'On chip tiles may move more: there it is cheap (A100: 19 TB/s on chip, 1.5 TB/s to main memory).',
    flash: 'By tiles',
    standard: 'Standard, in all',
    byteCount: (count: string) => `${count} B`,
    outputs: 'The output so far',
    exact: 'Softmax of whole rows',
    merged: 'Merged states (m, ℓ)',
    noted: 'The notes’ sum',
    off: (error: string) => `off by ${error} at most`,
    errors: 'Error by tile',
    errorAxis: 'root mean square',
    tileAxis: 'tile',
    mergedShort: 'merged',
    notedShort: 'notes',
    verdictExact: (tiles: number, error: string, onChip: string, matrix: string) =>
      `After ${tiles} tiles the merged output differs from the softmax of whole rows by at most ${error}; at most ${onChip} B were on chip at once, and the matrix of ${matrix} B never existed.`,
    verdictLess: (flash: string, standard: string, ratio: string) =>
      `Main memory moved ${flash} B, against ${standard} B for standard attention: ${ratio} times less.`,
    verdictMore: (flash: string, standard: string) =>
      `Main memory moved ${flash} B, against ${standard} B for standard attention: tiles this small do not pay.`,
    verdictNotes: (error: string, mean: string) =>
      `The notes’ code adds the softmax of each block without rescaling: it is off by ${error}, and dividing its sum by the number of blocks still leaves ${mean}.`,
    verdictOneBlock:
      'One block holds all keys here: only then is the notes’ sum of block softmaxes right, since there is nothing to rescale.',
    verdictSkipped: (skipped: number, of: number) =>
      `${skipped} of ${of} tiles are empty under the causal mask and were never read.`,
    verdictOverflow: (rows: number, of: number) =>
      `Without subtracting the maximum, the softmax of ${rows} of ${of} rows leaves float32 (∞ or 0 / 0).`,
    notesSay:
      'The notes’ 5.2 is right: rescaling makes blocks exact. Their code in 5.3 leaves it out. They save Σ exp(s) for the way back; in practice it is the log-sum-exp m + ln ℓ, which cannot overflow.',
    formulaRow: (row: number) => `The numbers are those of row ${row} at this tile.`,
    formulaNone: 'Step to a tile that changes a row to see its numbers here.',
  },
  bytes: {
    question: 'What does it save on a real machine?',
    section: '5.1',
    lead: 'Arithmetic waits for memory. Standard attention writes its N × N matrices to main memory and reads them back, a pass a step; FlashAttention moves only rows of Q, K, V and O. These are counts of the algorithms, step by step, not measurements.',
    presets: 'Try',
    presetNames: { paper: 'GPT-2 medium', long: 'Long context', laptop: 'On a laptop', short: 'Short text' },
    presetPoints: {
      paper:
        'Figure 2 of the FlashAttention paper: 64 sequences of 1024 tokens, 16 heads, A100, with mask and dropout.',
      long: 'One sequence of 32 768 tokens, 32 heads of 128, causal, H100.',
      laptop:
        'BERT-base, 8 sequences of 512 tokens in float32, in the second-level cache of a laptop’s cores.',
      short: 'At 128 tokens little is to be saved.',
    },
    length: 'Length N',
    depth: 'Depth d of a head',
    heads: 'Heads',
    batch: 'Sequences',
    sizes: 'Sizes and options',
    machine: 'Machine',
    machines: { a100: 'A100', h100: 'H100', laptop: 'Laptop' },
    machineFacts: {
      a100: '192 KiB on chip a processor, main memory 1.56 TB/s, 312 TFLOP/s, float16',
      h100: '228 KiB on chip a processor, main memory 3.35 TB/s, 989 TFLOP/s, float16',
      laptop: '1 MiB of cache a core, main memory 90 GB/s, 0.85 TFLOP/s (Ryzen 7 7840U), float32',
    },
    mask: 'Mask',
    masks: { none: 'none', added: 'added', causal: 'causal' },
    maskHint:
      'Added: standard attention adds it, flash visits all tiles. Causal: flash skips the empty ones.',
    dropout: 'Dropout of weights',
    dropouts: { off: 'off', on: 'on' },
    tile: 'Keys a tile',
    tileAuto: (keys: number) => `${keys}, by algorithm 1`,
    bars: 'Main memory, forward and backward',
    standard: 'Standard',
    flash: 'FlashAttention',
    forward: 'forward',
    backward: 'backward',
    byLength: 'By length',
    byTile: 'Flash by keys a tile',
    bytesAxis: 'bytes',
    lengthAxis: 'N',
    tileAxis: 'keys a tile',
    fits: 'fits on chip',
    tooLarge: 'too large',
    table: {
      title: 'All counts',
      main: 'Main memory',
      onChip: 'On chip',
      products: 'Products',
      elements: 'Other operations',
      seconds: 'Least time',
      ratio: 'ratio',
      paperBytes: 'Paper: main memory',
      paperFlops: 'Paper: operations',
    },
    flops: (count: string) => `${count}FLOP`,
    verdictLess: (machine: string, standard: string, flash: string, ratio: string) =>
      `On the ${machine}, standard attention moves ${standard} to and from main memory, FlashAttention ${flash}: ${ratio} times less.`,
    verdictMore: (machine: string, standard: string, flash: string) =>
      `On the ${machine}, standard attention moves ${standard} to and from main memory and FlashAttention ${flash}: nothing is saved here.`,
    verdictTime: (
      standard: { readonly time: string; readonly share: string },
      flash: { readonly time: string; readonly share: string },
    ) =>
      `If transfers and arithmetic overlap fully, standard attention takes at least ${standard.time}, of which arithmetic fills ${standard.share}; FlashAttention ${flash.time}, of which it fills ${flash.share}.`,
    verdictPaper: (standard: string, flash: string) =>
      `The paper prints 40.3 GB and 4.4 GB for this problem; counted here: ${standard} and ${flash}.`,
    verdictFlops: (standard: string, flash: string) =>
      `Its operations, 66.6 and 75.2 GFLOP, do not follow from its algorithms: they do ${standard} and ${flash} in matrix products. FlashAttention computes more, and is faster for moving less.`,
    notesSay:
      'The notes name the hierarchy: 192 KB of SRAM a processor at 19 TB/s, HBM at 1.5 TB/s. With these numbers the count says what the hierarchy costs, and what tiles save.',
    remark:
      'S is a pass over the scores of all heads, X over an operand of N · d; T is the number of blocks of keys of size B = ⌈M / 4d⌉, M being the elements that fit on chip. Flash also moves a maximum and a sum a row.',
  },
};

/** The texts of one language. */
export type FlashTexts = typeof flashEn;
