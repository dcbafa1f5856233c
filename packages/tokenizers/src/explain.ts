// What each stage of a tokenizer does to a text, for people to look at. It decides nothing; the stages do.
import type { Part } from './addedTokens.ts';
import type { AlignedText } from './alignedText.ts';
import type { Encoding } from './encoding.ts';
import type { TokenizerStages } from './tokenizer.ts';

/** A part of what a stage gives, and the range [start, end) of the source that it comes from, in UTF-16 units. */
export interface ExplainedPiece {
  text: string;
  start: number;
  end: number;
  /** The id, for tokens. */
  id?: number;
  /** `[start, end, start, end, …]` in the source for every UTF-16 unit of `text`; before the model only. */
  characters?: Int32Array;
}

/** One stage with everything that comes out of it. */
export interface ExplainedStage {
  stage: 'normalizer' | 'preTokenizer' | 'model' | 'postProcessor' | 'decoder';
  pieces: ExplainedPiece[];
}

/** The five stages of a text, in their order. */
export interface Explanation {
  /** What the stages were given: the text itself, lone surrogates replaced. */
  source: string;
  stages: ExplainedStage[];
  encoding: Encoding;
}

/**
 * Follows a text through the stages. Added tokens are whole from the first stage on; special tokens come in with the
 * post-processor, at 0, 0; a decoder that joins its tokens gives one piece.
 */
export function explain(source: string, encoding: Encoding, stages: TokenizerStages): Explanation {
  const { added, preTokenizer, model, decoder } = stages;
  const parts = added.extract(source);
  const words = parts.flatMap((part): Part[] =>
    part.id === undefined ? preTokenizer([part.text]).map((text) => ({ text, id: undefined })) : [part],
  );
  const tokens = words.flatMap(({ text, id }): ExplainedPiece[] =>
    id === undefined
      ? model.tokenize(text.text).map((token) => ({
          ...{ text: token.token, id: token.id },
          ...{ start: text.startOf(token.start), end: text.endOf(token.end) },
        }))
      : [{ text: text.text, id, ...range(text) }],
  );
  const arranged = [...encoding.tokens].map((text, k) => ({
    ...{ text, id: encoding.ids[k] ?? 0 },
    ...{ start: encoding.offsets[2 * k] ?? 0, end: encoding.offsets[2 * k + 1] ?? 0 },
  }));
  return {
    source,
    encoding,
    stages: [
      { stage: 'normalizer', pieces: parts.map(aligned) },
      { stage: 'preTokenizer', pieces: words.map(aligned) },
      { stage: 'model', pieces: tokens },
      { stage: 'postProcessor', pieces: arranged },
      { stage: 'decoder', pieces: decoded(decoder(encoding.tokens), arranged) },
    ],
  };
}

function aligned({ text, id }: Part): ExplainedPiece {
  const characters = new Int32Array(2 * text.length);
  for (let k = 0; k < text.length; k++) {
    characters[2 * k] = text.startOf(k);
    characters[2 * k + 1] = text.endOf(k + 1);
  }
  return { text: text.text, ...range(text), characters, ...(id === undefined ? {} : { id }) };
}

function range(text: AlignedText): { start: number; end: number } {
  if (text.length === 0) return { start: 0, end: 0 };
  return { start: text.startOf(0), end: text.endOf(text.length) };
}

function decoded(texts: readonly string[], tokens: readonly ExplainedPiece[]): ExplainedPiece[] {
  if (tokens.length === 0) return [];
  if (texts.length === tokens.length)
    return tokens.map(({ start, end }, k) => ({ text: texts[k] ?? '', start, end }));
  const end = tokens.reduce((most, token) => Math.max(most, token.end), 0);
  const first = tokens.find((token) => token.end > token.start);
  return [{ text: texts.join(''), start: first?.start ?? 0, end }];
}
