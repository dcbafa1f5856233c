// The page's texts in English. Their shape is the type that other languages must have.

import { explorerEn } from './explorerEn.ts';
import { flashEn } from './flashEn.ts';
import { gradientsEn } from './gradientsEn.ts';
import { headsEn } from './headsEn.ts';
import { masksEn } from './masksEn.ts';
import { positionsEn } from './positionsEn.ts';
import { scalingEn } from './scalingEn.ts';
import { tokensEn } from './tokensEn.ts';

/** English. */
export const en = {
  title: 'Heed — see attention at work',
  nav: {
    label: 'Pages',
    look: 'Look',
    explorer: 'Explore',
    tokens: 'Tokens',
    attention: 'Attention',
    masks: 'Masks',
    positions: 'Positions',
    heads: 'Heads',
    scaling: 'Scaling',
    flash: 'Flash',
    train: 'Train',
    gradients: 'Gradients',
    skip: 'Skip to the page',
  },
  language: { label: 'Language', en: 'English', zh: '中文' },
  theme: { toDark: 'Dark colours', toLight: 'Light colours' },
  notes: (section: string) => `§ ${section} of the notes`,
  verdict: 'What this run says',
  foot: 'Everything here is computed in this browser, by TypeScript and WebAssembly. Nothing that you type or drop leaves this computer.',
  hood: {
    title: 'Under the hood',
    formula: 'The formula, with the numbers of this run',
    code: 'The code that did it',
    source: 'The source of these numbers',
    copyCode: 'Copy',
    copied: 'Copied',
    loading: 'Loading …',
  },
  copy: {
    title: 'Save',
    png: 'Picture (PNG)',
    svg: 'Picture (SVG)',
    json: 'Copy numbers (JSON)',
    link: 'Copy link to this view',
    copied: 'Copied',
    saved: 'Saved',
  },
  matrix: {
    role: 'matrix',
    keys: 'Arrow keys move from cell to cell, Enter picks one, Escape leaves.',
    asTable: 'As a table',
  },
  arcs: {
    looksAt: (token: string, where: string) => `${token}, looks at ${where}`,
    lookedAtBy: (token: string, whence: string) => `${token}, looked at by ${whence}`,
    linesHint:
      'Point at a token at the left to see where it looks, at the right to see who looks at it; click to keep it.',
    sidesLying: 'Arcs above lead to later tokens, arcs below back to earlier ones.',
    sidesStanding: 'Arcs on the right lead to later tokens, on the left back to earlier ones.',
  },
  model: {
    title: 'Model',
    starting: 'Starting the engine …',
    progress: 'Loading weights',
    ofTotal: (loaded: string, total: string) => `${loaded} of ${total}`,
    building: 'Unpacking weights …',
    fromCache: 'from the cache of this browser',
    downloaded: 'downloaded, now in the cache of this browser',
    fromFolder: 'from your folder; nothing left this computer',
    size: (layers: number, heads: number, tokens: number) =>
      `${layers} layers × ${heads} heads, up to ${tokens} tokens`,
    ready: (size: string, time: string) => `${size}, ready in ${time}`,
    engine: (simd: string, threads: number) =>
      `WebAssembly SIMD (${simd}), ${threads === 1 ? 'one thread' : `${threads} threads`}`,
    engineNone: 'plain TypeScript: this browser has no WebAssembly SIMD',
    notIsolated: 'One thread only: the server does not send the COOP and COEP headers.',
    own: 'Your own model',
    ownHint:
      'Drop a Hugging Face or sentence-transformers folder of a BERT model anywhere on this page, or choose one. It stays on this computer.',
    choose: 'Choose a folder …',
    back: 'Back to the built-in model',
    cancel: 'Cancel',
    cancelled: 'You stopped the loading.',
    failed: 'The model could not be loaded.',
    again: 'Try again',
    stay: (name: string) => `Stay with ${name}`,
    drop: 'Drop the folder of the model here',
    licence: 'Weights: Universal Sentence Encoder lite, Google, Apache-2.0',
  },
  look: {
    question: 'Where does each word look while a model reads?',
    section: '1.2',
    lead: 'A pretrained transformer reads your sentence in this browser. Each arc is a weight that one of its attention heads computed: how much one token takes from another. Edit the sentence and watch.',
    sentences: 'Sentences, one a line',
    sentence: (index: number) => `Sentence ${index}`,
    placeholder: 'Type a sentence',
    add: 'Add a sentence',
    remove: (index: number) => `Remove sentence ${index}`,
    tokens: (count: number) => `${count} ${count === 1 ? 'token' : 'tokens'}`,
    cut: (count: number, most: number) => `The last ${count} tokens were cut: this model reads ${most}.`,
    presets: 'Try',
    presetNames: {
      bank: 'Two banks',
      pronoun: 'What is “it”?',
      paraphrase: 'Same meaning, other words',
      negation: 'One word turns it round',
      chinese: 'A language it never saw',
    },
    presetPoints: {
      bank: 'One word, two meanings: the sentences with the same sense of “bank” come out closer.',
      pronoun: '“It” can be the trophy or the suitcase, and one word decides.',
      paraphrase: 'Paraphrases share few words, and still end up side by side.',
      negation: 'Opposites share nearly all words, and end up close: a known weakness of sentence vectors.',
      chinese:
        'This model learnt English only; other scripts break into unknown pieces, and the cosines mean little.',
    },
    attention: 'Attention',
    head: (layer: number, head: number) => `Layer ${layer}, head ${head}`,
    headInline: (layer: number, head: number) => `layer ${layer}, head ${head}`,
    goes: 'Where its attention goes',
    goesParts: {
      self: 'to the token itself',
      previous: 'to the one before',
      next: 'to the one after',
      elsewhere: 'further away',
    },
    heads: 'All heads',
    headsHint: 'One small map a head; choose one.',
    headFacts: (bits: string) => `${bits} bits`,
    map: 'The same weights as a matrix',
    looking: 'looks',
    lookedAt: 'is looked at',
    cell: (from: string, to: string, share: string) => `“${from}” takes ${share} from “${to}”.`,
    waiting: 'Tokens are here; the arcs come with the weights.',
    empty: 'Type a sentence to see it read.',
    pinned: (token: string) => `Pinned: “${token}”. Click it again to let go.`,
    hover: 'Point at a token to see where it looks; click to keep it.',
    verdictEntropy: (head: string, bits: string, most: string, effective: string) =>
      `${head} spreads each look over ${bits} of at most ${most} bits, as if it chose among ${effective} tokens.`,
    verdictMost: (token: string, share: string) =>
      `What it looks at most is “${token}”, with ${share} of all attention.`,
    verdictNeighbour: (head: string, share: string) =>
      `Of all heads, ${head} looks most at the direct neighbours: ${share} of its weight.`,
    verdictFocused: (head: string, bits: string) => `The most focused one is ${head}, with ${bits} bits.`,
    show: 'Show it',
    notesSay:
      'The notes say: weights tell how much each position counts for this one. Here they are, and every row sums to 100 %.',
    formulaText: (from: string, to: string, share: string) => `“${from}” → “${to}”: ${share}`,
    formulaRatio: (a: string, b: string, difference: string) =>
      `From the weights back to the scores: the scaled score of “${a}” lies ${difference} above that of “${b}”, because ln of the two weights’ ratio is just that difference.`,
  },
  compare: {
    question: 'Which sentences say the same thing?',
    section: '3.5',
    lead: 'The same run turns every sentence into one vector. The cosine of two vectors says how alike the model finds them.',
    one: 'Add a second sentence above, or try “Same meaning, other words”.',
    matrix: 'Cosine of every pair',
    nearest: (index: number) => `Nearest to sentence ${index}`,
    cell: (a: string, b: string, cosine: string) => `“${a}” and “${b}”: cosine ${cosine}`,
    verdictPair: (a: number, b: number, cosine: string, words: string) =>
      `Nearest are sentences ${a} and ${b}, cosine ${cosine}; ${words} of their tokens are the same.`,
    verdictFar: (a: number, b: number, cosine: string) =>
      `Farthest apart are ${a} and ${b}, cosine ${cosine}.`,
    time: (count: number, time: string) =>
      `${count} ${count === 1 ? 'sentence' : 'sentences'} read in ${time}.`,
    notesSay:
      'The notes ask which vector should stand for a sentence; the built-in model takes the mean over its tokens, not the [CLS] of BERT.',
    sentence: 'sentence',
  },
  train: {
    question: 'Can a transformer find out by itself where to look?',
    section: '6.2.14',
    lead: 'A small encoder–decoder starts from random numbers and learns here, live. Nobody tells it which input character matters for which output: watch its cross-attention find out.',
    task: 'Task',
    tasks: { reverse: 'Reverse a word', dates: 'Write dates one way' },
    taskHints: {
      reverse: 'In: 3 to 10 letters. Out: the same backwards.',
      dates: 'In: a date in one of six formats, 1950 to 2049. Out: year-month-day.',
    },
    start: 'Start training',
    pause: 'Pause',
    resume: 'Resume',
    reset: 'Start over',
    size: 'Size (starts over)',
    width: 'Width',
    heads: 'Heads',
    layers: 'Layers',
    batch: 'Batch (examples a step)',
    learningRate: 'Learning rate (at once)',
    learningRateHint: 'Rises over 60 steps to this peak, then falls to a twentieth by step 800.',
    parameters: (count: string) => `${count} parameters`,
    stats: {
      step: 'Step',
      loss: 'Loss',
      exact: 'Right, held out',
      speed: 'Characters/s',
      time: 'Training time',
      rate: 'Learning rate',
    },
    lossChart: 'Loss by step',
    lossAxis: 'cross-entropy, nats a character',
    stepAxis: 'step',
    exactChart: 'Held-out answers right',
    exactAxis: 'right in every character',
    guess: 'pure guessing',
    map: 'Where the decoder looks',
    mapHint: (layer: number, head: number) => `Cross-attention of decoder layer ${layer}, head ${head}`,
    written: 'writes',
    read: 'reads',
    end: 'end',
    average: 'Mean of heads',
    head: (index: number) => `Head ${index}`,
    cell: (from: string, to: string, share: string) =>
      `To write “${from}” it looks at “${to}” with ${share}.`,
    sample: 'Held-out examples',
    sampleIn: 'Input',
    sampleOut: 'Written',
    right: 'right',
    wrong: 'wrong',
    try: 'Try it yourself',
    tryLabel: {
      reverse: 'A word of up to 10 letters a–z',
      dates: 'A date, such as “3 mar 1997” or “march 3, 1997”',
    },
    write: 'Write',
    tryBad: {
      reverse: 'This takes 1 to 10 letters from a to z.',
      dates:
        'This is none of the six formats, or no date of 1950 to 2049. Try “14 march 1997”, “mar 14, 1997”, “14.3.1997” or “1997/3/14”.',
    },
    tryRight: (answer: string) => `Right: “${answer}”.`,
    tryWrong: (answer: string) => `Not yet: it should be “${answer}”.`,
    tryEmpty: 'Greedy decoding: character by character, each time the likeliest one.',
    verdictUntrained: (loss: string, characters: number) =>
      `Untrained: 0 % right. With ${characters} possible characters, pure guessing has a loss of ln ${characters} = ${loss}.`,
    verdictExact: (exact: string, count: number, step: string, time: string) =>
      `After ${step} steps (${time}) ${exact} of ${count} held-out inputs come out right in every character.`,
    verdictMirror: (share: string, head: string, probe: string) =>
      `${head} looks at the mirrored place for ${share} of the characters of “${probe}”: the anti-diagonal.`,
    verdictNone: 'The map has no shape yet.',
    verdictSharp: (share: string, head: string) =>
      `${head} is the sharpest: on average it puts ${share} of its weight on a single character.`,
    notesSay:
      'The notes say: queries come from the decoder, keys and values from the encoder; so each output character asks the whole input.',
    failed: 'Training stopped.',
    formulaLoss: (loss: string, likelihood: string) =>
      `Loss ${loss} means: the right character gets a probability of ${likelihood} (geometric mean).`,
  },
  explorer: explorerEn,
  scaling: scalingEn,
  flash: flashEn,
  gradients: gradientsEn,
  masks: masksEn,
  positions: positionsEn,
  heads: headsEn,
  tokens: tokensEn,
};

/** The texts of one language. */
export type Texts = typeof en;
