// The pieces of a corpus, counted: what trainers learn from.
import { alignedText } from '../alignedText.ts';
import { byteAlphabet } from '../byteAlphabet.ts';
import { wellFormed } from '../characters.ts';
import { JsonValue } from '../files/json.ts';
import { readNormalizer } from '../files/readNormalizer.ts';
import { readPreTokenizer } from '../files/readPreTokenizer.ts';
import { byteLevel } from '../preTokenizers/byteLevel.ts';
import { type PreTokenizer, preTokenizerSequence } from '../preTokenizers/preTokenizer.ts';
import { detached } from '../structures/detached.ts';
import { TokenizerError } from '../tokenizerError.ts';
import { pause } from './pause.ts';
import type { Corpus } from './textFiles.ts';
import type { CountingEvent } from './trainingEvents.ts';
import type { TrainingStages } from './trainingOptions.ts';

/** How often each piece comes in a corpus, in the order in which they were met. */
export type WordCounts = ReadonlyMap<string, number>;

// How much is counted between two events.
const textsAtOnce = 1000;
const charactersAtOnce = 2 ** 20;

/** Reads a corpus: each text is normalized and pre-tokenized by itself. Texts may be of any length. */
export async function* countWords(
  corpus: Corpus,
  stages: TrainingStages,
  signal: AbortSignal | undefined,
): AsyncGenerator<CountingEvent, WordCounts> {
  const { count, counts } = counter(stages);
  const words = new Map<string, number>();
  let done = 0;
  for await (const batch of batchesOf(corpus, signal)) {
    for (const text of batch) {
      if (typeof text !== 'string') refuseText(text, done);
      count(wellFormed(text), words);
      done += 1;
    }
    await pause();
    signal?.throwIfAborted();
    yield { phase: 'counting', done, total: undefined, words: words.size };
  }
  signal?.throwIfAborted();
  return counts(words);
}

// The texts, some at a time: waiting for each would take longer than to count its words.
async function* batchesOf(corpus: Corpus, signal: AbortSignal | undefined): AsyncGenerator<string[]> {
  if (typeof corpus !== 'object' || corpus === null) refuseCorpus(corpus);
  let batch: string[] = [];
  let characters = 0;
  const isFull = (text: string): boolean => {
    signal?.throwIfAborted();
    batch.push(text);
    characters += text?.length ?? 0;
    return batch.length >= textsAtOnce || characters >= charactersAtOnce;
  };
  const taken = (): string[] => {
    const full = batch;
    batch = [];
    characters = 0;
    return full;
  };
  if (Symbol.iterator in corpus) {
    for (const text of corpus) if (isFull(text)) yield taken();
  } else if (Symbol.asyncIterator in corpus) {
    for await (const text of corpus) if (isFull(text)) yield taken();
  } else {
    refuseCorpus(corpus);
  }
  if (batch.length > 0) yield taken();
}

function refuseCorpus(corpus: unknown): never {
  throw new TokenizerError(
    'corpus',
    `${corpus === null ? 'null' : `a value of type ${typeof corpus}`} was given; expected texts to walk over (an iterable or async iterable). Put a single text into an array.`,
  );
}

interface Counter {
  count(text: string, words: Map<string, number>): void;
  counts(words: Map<string, number>): WordCounts;
}

function counter(stages: TrainingStages): Counter {
  const normalizer = readNormalizer(new JsonValue('stages.normalizer', stages.normalizer));
  const { preTokenizer, spelled } = cutter(new JsonValue('stages.pre_tokenizer', stages.pre_tokenizer));
  return {
    count(text, words) {
      for (const { text: word } of preTokenizer([normalizer(alignedText(text))])) {
        const known = words.get(word);
        if (known === undefined) words.set(detached(word), 1);
        else words.set(word, known + 1);
      }
    },
    counts: (words) =>
      spelled === undefined ? words : new Map(Array.from(words, ([word, count]) => [spelled(word), count])),
  };
}

// Where the last step writes words in bytes, that is left for the end: each different word is spelled but once.
function cutter(json: JsonValue): { preTokenizer: PreTokenizer; spelled?: (word: string) => string } {
  const whole = { preTokenizer: readPreTokenizer(json) };
  if (json.absent) return whole;
  const steps = json.field('type').string() === 'Sequence' ? json.field('pretokenizers').items() : [json];
  const last = steps.at(-1);
  if (last === undefined || last.field('type').string() !== 'ByteLevel') return whole;
  const words = byteLevel({
    addPrefixSpace: last.field('add_prefix_space').boolean(true),
    useRegex: last.field('use_regex').boolean(true),
    spelled: false,
  });
  const before = steps.slice(0, -1).map(readPreTokenizer);
  return { preTokenizer: preTokenizerSequence([...before, words]), spelled: byteAlphabet().spell };
}

function refuseText(text: unknown, position: number): never {
  throw new TokenizerError(
    'corpus',
    `text ${position} is of type ${text === null ? 'null' : typeof text}; expected a string. Leave it out or convert it.`,
  );
}
