// The texts of the Tokens page in English. Their shape is the type that other languages must have.

/** English. */
export const tokensEn = {
  failed: 'That did not work.',
  stop: 'Stop',
  stages: {
    question: 'What becomes of a text before a model reads it?',
    section: '6.2.17',
    lead: 'Five stages make token ids of a text, and every token knows where it came from. Type anything, choose a tokenizer or drop your own; point at a piece of any stage, and its origin lights up in all of them.',
    text: 'Text',
    placeholder: 'Type or paste any text',
    presets: 'Try',
    presetNames: {
      mixed: 'A bit of everything',
      long: 'Long words',
      chinese: 'Chinese',
      numbers: 'Numbers',
      code: 'Code',
    },
    presetPoints: {
      mixed: 'Capitals, accents, two scripts, an emoji of several code points.',
      long: 'Words that no vocabulary lists: how many pieces, and do they mean anything?',
      chinese: 'No blanks: BERT’s English vocabulary cuts characters and knows few of them; bytes know all.',
      numbers: 'How a number is cut decides how well a model can count.',
      code: 'Blanks matter here, and lower-casing does harm.',
    },
    tokenizer: 'Tokenizer',
    names: {
      bert: 'BERT',
      gpt2: 'GPT-2',
      use: 'USE lite',
      bpe: 'Your BPE',
      wordPiece: 'Your WordPiece',
      own: 'Your file',
    },
    kinds: {
      bert: 'WordPiece, English, lower case (Google, Apache-2.0)',
      gpt2: 'BPE over bytes, each shown as a letter, a blank as Ġ (OpenAI, MIT)',
      use: 'Unigram, English; the model of the Look page (Google, Apache-2.0)',
      bpe: 'learned below',
      wordPiece: 'learned below',
      own: 'your own; it stays on this computer',
    },
    choose: 'Choose files …',
    chooseHint:
      'Or drop them anywhere on this page: tokenizer.json, vocab.txt, SentencePiece .model or .spm, .tiktoken, vocab.json with merges.txt.',
    info: (size: string, time: string) => `${size} tokens in its vocabulary, read in ${time}`,
    infoLearned: (size: string) => `${size} tokens in its vocabulary`,
    reading: 'Reading the vocabulary …',
    export: 'Save as tokenizer.json',
    picture: 'Stage by stage',
    source: 'Text',
    sourceNote: 'as it was typed',
    stageNames: {
      normalizer: 'Normalizer',
      preTokenizer: 'Pre-tokenizer',
      model: 'Model',
      postProcessor: 'Post-processor',
      decoder: 'Decoder',
    },
    stageNotes: {
      normalizer: 'characters made alike',
      preTokenizer: 'cut where no token may reach across',
      model: 'cut into tokens of the vocabulary',
      postProcessor: 'special tokens come in',
      decoder: 'and back to text',
    },
    legend: { changed: 'not as in the text', added: 'not from the text', unknown: 'unknown' },
    hint: 'Point at a piece, or use the arrow keys; click to keep it.',
    cell: (stage: string, text: string) => `${stage}: “${text}”`,
    cellId: (id: string) => `, id ${id}`,
    cellFrom: (start: string, end: string, text: string) => `, from characters ${start}–${end}: “${text}”`,
    cellNowhere: ', from nowhere in the text',
    kept: ' Kept; click it again to let go.',
    left: (count: string) => `The last ${count} characters are not shown.`,
    verdictTokens: (name: string, characters: string, tokens: string, each: string) =>
      `${name} makes ${tokens} tokens of ${characters} characters: ${each} characters a token.`,
    verdictNothing: 'An empty text has no tokens of its own.',
    verdictUnknown: (count: number, share: string) =>
      count === 1
        ? `One of them is unknown (${share}): what stood there is lost.`
        : `${count} of them are unknown (${share}): what stood there is lost.`,
    verdictNoUnknown: 'None is unknown.',
    verdictNormalized: (count: number) =>
      count === 1
        ? 'Its normalizer changed or put in one character.'
        : `Its normalizer changed or put in ${count} characters.`,
    verdictUnchanged: 'Its normalizer changed nothing.',
    verdictSame: 'The ids decode to the text, letter by letter.',
    verdictDifferent: (decoded: string) => `The ids decode to “${decoded}”: not the text that was typed.`,
    notesSay:
      'The notes say that BPE needs a table to restore the text, and nothing of the kind of WordPiece. In fact bytes (GPT-2) come back exactly; it is lower case, dropped accents and [UNK] (BERT) that nothing restores.',
    formulaRatio: 'characters a token',
    remark: (left: string) =>
      `Offsets are UTF-16 units, so text.slice(start, end) is what a token stands for. ${left}`,
  },
  merges: {
    question: 'How do BPE and WordPiece find their pieces?',
    section: '6.2.17',
    lead: 'Both begin with characters and merge two neighbours again and again. BPE takes the pair that stands most often; WordPiece the pair that stands together more than its parts would by chance. Train both on one text, then scrub through the merges and watch words grow together.',
    text: 'Text to learn from',
    own: 'Paste a text of your own here …',
    presets: 'Try',
    presetNames: {
      paper: 'The paper’s four words',
      shakespeare: 'Shakespeare, 320 kB',
      chinese: '6000 Chinese sentences',
    },
    presetPoints: {
      paper:
        'Sennrich et al. 2016, algorithm 1: low ×5, lower ×2, newest ×6, widest ×3. “lowest” is no word of it, and still comes out as low + est.',
      shakespeare:
        'By count “▁the” is whole after 11 merges. By score rare characters come first: ex, of, up, qu; it takes far more merges to make words.',
      chinese:
        'BPE finds words without being told of any. BERT’s stages put every Chinese character by itself, so WordPiece merges digits and Latin letters at most.',
    },
    corpusNote: {
      shakespeare: 'The plays’ first 320 kB (public domain).',
      chinese: 'Tatoeba’s sentences (tatoeba.org, CC BY 2.0 FR; authors in the file).',
    },
    vocabulary: 'Vocabulary at most',
    level: 'BPE merges',
    levels: { characters: 'characters', bytes: 'bytes' },
    criterion: 'WordPiece merges by',
    criteria: { score: 'score', count: 'count' },
    criterionHint: {
      score: 'count(ab) / (count(a) · count(b)), as it was described.',
      count: 'As Hugging Face’s trainer does: then it differs from BPE in its marks and stages only.',
    },
    leastCount: 'WordPiece: pairs that stand at least',
    times: (count: number) => (count === 1 ? 'once' : `${count} times`),
    train: 'Train both',
    progress: (name: string, done: string, total: string) => `${name}: ${done} of at most ${total} merges`,
    names: { bpe: 'BPE', wordPiece: 'WordPiece' },
    by: { bpe: 'by count', score: 'by score', count: 'by count' },
    watched: 'Text to watch',
    watchedHint:
      'BPE replays its merges in their order; WordPiece takes the longest piece that fits, from the left. Point at a piece to see what the other makes of the same characters.',
    player: { play: 'Play', pause: 'Pause', back: 'Back', next: 'Next' },
    merge: 'Merges done',
    ofMerges: (place: string, count: string) => `${place} of ${count}`,
    list: (name: string) => `Merges of ${name}`,
    number: 'No.',
    pair: 'Pair',
    token: 'Token',
    count: 'Count',
    score: 'Score',
    before: 'Nothing merged yet: every character is a token.',
    ended: (count: string) => `It ended after ${count} merges.`,
    none: 'No pair could be merged.',
    full: (size: string) =>
      `The characters alone are ${size} tokens, the whole vocabulary. Raise its size to see merges.`,
    segments: (tokens: string) => `${tokens} tokens`,
    unknown: (count: number) => (count === 1 ? ', 1 unknown' : `, ${count} unknown`),
    token1: '1 token',
    decoded: '. Back again:',
    export: 'Save as tokenizer.json',
    use: 'Look at its stages',
    counts: 'Count of each merge',
    countAxis: 'times',
    mergeAxis: 'merge',
    verdictFirst: (pair: string, count: string, own: string, ownCount: string, score: string) =>
      `BPE merges ${pair} first, because it stands ${count} times; WordPiece ${own}, which stands ${ownCount} times but has the largest score, ${score}.`,
    verdictFirstCount: (pair: string, count: string, own: string, ownCount: string) =>
      `BPE merges ${pair} first (${count} times), WordPiece by count ${own} (${ownCount} times).`,
    verdictOne: (pair: string, count: string) =>
      `BPE merges ${pair} first, because it stands ${count} times; WordPiece has nothing to merge.`,
    verdictShared: (shared: string, total: string) =>
      `Of the pieces that they made, ${shared} of ${total} are the same, marks left out.`,
    verdictTokens: (name: string, each: string, size: string, time: string) =>
      `${name}: ${each} characters a token on its own text (blanks left out) with ${size} tokens in the vocabulary, learned in ${time}.`,
    verdictCut: (place: string, text: string, bpe: string, wordPiece: string) =>
      `After ${place} merges “${text}” is ${bpe} for BPE and ${wordPiece} for WordPiece.`,
    notesSay:
      'The notes say: BPE merges the most frequent pair, WordPiece the pair that raises the likelihood of the corpus most, and its training costs a little more. True of the score. But cutting differs from what they say: BPE is not greedy, it replays its merges in order; it is WordPiece that takes the longest piece from the left. And both restore a text as far as their stages let them.',
    remark:
      'The tokenizer at a place of the slider is made of the file of the finished one, cut down to the merges so far.',
  },
  granularity: {
    question: 'Characters, words, or something between?',
    section: '3.1',
    lead: 'Six ways to cut the same real text. Each vocabulary is learned from one part and measured on another that it never saw.',
    corpus: 'Corpus',
    corpora: { shakespeare: 'Shakespeare', chinese: 'Chinese', own: 'Your text' },
    corpusHints: {
      shakespeare: 'Learned from 320 kB, measured on 40 kB of other plays.',
      chinese:
        'Learned from 6000 sentences, measured on 600 others. Chinese has no blanks: words are those of the browser’s own segmenter, for all rows.',
      own: 'The text of the part above, every tenth line held out.',
    },
    ownShort: 'Paste a text of at least 20 lines in the part above first.',
    size: 'Vocabulary at most',
    run: 'Measure again',
    running: (done: number, total: number) => `${done} of ${total} measured`,
    measured: (train: string, test: string) => `Learned from ${train} lines, measured on ${test}.`,
    names: {
      characters: 'Characters',
      bytes: 'BPE over bytes',
      bpe: 'BPE over characters',
      wordPiece: 'WordPiece',
      unigram: 'Unigram',
      words: 'Words',
    },
    table: 'The table',
    columns: {
      name: 'Granularity',
      vocabulary: 'Vocabulary',
      length: 'Tokens a line',
      fertility: 'Tokens a word',
      oov: 'Words unknown',
      attention: 'Attention pairs',
      use: 'Vocabulary used',
    },
    attentionHint:
      'Attention pairs: what one layer computes for a line, as a multiple of the words’ row. Vocabularies of characters can be larger than the limit: trainers keep all characters that they saw.',
    length: 'Tokens a line',
    oov: 'Words with an unknown part',
    waiting: 'Learning six vocabularies …',
    verdictEnds: (facts: {
      readonly characterLength: string;
      readonly wordLength: string;
      readonly ratio: string;
      readonly characterOov: string;
      readonly wordOov: string;
    }) =>
      `Words: ${facts.wordLength} tokens a line, but ${facts.wordOov} of words are unknown. Characters: ${facts.characterOov} unknown, but ${facts.characterLength} tokens, so ${facts.ratio} times the attention.`,
    verdictBetween: (name: string, length: string, oov: string, ratio: string) =>
      `Between them, ${name} needs ${length} tokens a line at ${oov} unknown: ${ratio} times the attention of words.`,
    verdictBytes: (oov: string, fertility: string) =>
      `Only bytes can say everything by construction: ${oov} unknown, ${fertility} tokens a word.`,
    notesSay:
      'The notes say: characters meet no unknown words and make sequences long; words make them short, and unknown words are their trouble. Both are so, by these numbers, but for one thing: a character that the learned part lacks is unknown, too. The notes leave out what BERT does: subwords, which take most of both advantages, and for Chinese single characters.',
    remark:
      'A word is a run without blanks. It counts as unknown if any part of it is; punctuation that clings to it is part of it.',
    milliseconds: 'Learned in',
  },
};

/** The texts of one language. */
export type TokensTexts = typeof tokensEn;
