// The model of a SentencePiece file: how segments become tokens, whatever found them.
import { widthAt } from '../alignedText.ts';
import type { SentencePieceModel } from '../files/sentencePieceModel.ts';
import { longestEntry } from '../structures/longestEntry.ts';
import type { Trie } from '../structures/trie.ts';
import { byteTokenName } from './byteTokenName.ts';
import type { Model, Sampling, Token } from './model.ts';
import { bestSegmentations, type Segment, type Segmentation, sampledSegments } from './segmentations.ts';
import { sentencePieceMerges } from './sentencePieceMerges.ts';
import { sentencePieceUnigram } from './sentencePieceUnigram.ts';
import type { Vocabulary } from './vocabulary.ts';

/**
 * Segments a normalized text by the file's algorithm. Unknown segments in a row become one token, or, with byte fallback,
 * each becomes its bytes, the last of which covers the character (`SentencePieceProcessor::PopulateSentencePieceText` in
 * google/sentencepiece src/sentencepiece_processor.cc, 0.2.3).
 */
export function sentencePieceModel(
  file: SentencePieceModel,
  { entries, symbols, unknownId }: { entries: Vocabulary; symbols: Trie; unknownId: number },
): Model {
  const encoder = new TextEncoder();
  const bytes = file.byteFallback
    ? Array.from({ length: 256 }, (_, byte) => entries.id(byteTokenName(byte)) ?? unknownId)
    : undefined;
  const append = (tokens: Token[], text: string, { id, start, end }: Segment): void => {
    const token = text.slice(start, end);
    const before = tokens.at(-1);
    if (id !== unknownId) {
      tokens.push({ id, token, start, end });
    } else if (bytes !== undefined) {
      const spelled = encoder.encode(token);
      for (const [k, byte] of spelled.entries()) {
        const last = k === spelled.length - 1;
        tokens.push({
          id: bytes[byte] ?? unknownId,
          token: byteTokenName(byte),
          start,
          end: last ? end : start,
        });
      }
    } else if (before !== undefined && before.id === unknownId) {
      tokens[tokens.length - 1] = { id, token: before.token + token, start: before.start, end };
    } else {
      tokens.push({ id, token, start, end });
    }
  };
  const tokensOf = (text: string, segments: readonly Segment[]): Token[] => {
    const tokens: Token[] = [];
    for (const part of segments) append(tokens, text, part);
    return tokens;
  };
  const { best, sampled, several } = segmenter(file, { entries, symbols, unknownId });
  return {
    id: entries.id,
    token: entries.token,
    size: entries.size,
    unknownId,
    tokenize: (text) => tokensOf(text, best(text)),
    ...(sampled === undefined
      ? {}
      : {
          sample: (text, sampling) => {
            const segments = sampled(text, sampling);
            return segments === undefined ? undefined : tokensOf(text, segments);
          },
        }),
    ...(several === undefined
      ? {}
      : {
          nBest: (text, count) =>
            several(text, count).map(({ segments, score }) => ({ tokens: tokensOf(text, segments), score })),
        }),
  };
}

interface Segmenter {
  best(text: string): Segment[];
  sampled?(text: string, sampling: Sampling): Segment[] | undefined;
  several?(text: string, count: number): Segmentation[];
}

function segmenter(
  { pieces, algorithm }: SentencePieceModel,
  given: { entries: Vocabulary; symbols: Trie; unknownId: number },
): Segmenter {
  const { entries, symbols, unknownId } = given;
  const idOf = (text: string): number => entries.id(text) ?? unknownId;
  switch (algorithm) {
    case 'unigram':
      return unigramSegmenter(pieces, unknownId);
    case 'bpe':
      return mergingSegmenter(pieces, { symbols, unknownId });
    case 'word':
      return {
        best: (text) =>
          [...text.matchAll(/▁[^▁]*|^[^▁]+/gu)].map((match) => ({
            id: idOf(match[0]),
            start: match.index,
            end: match.index + match[0].length,
          })),
      };
    case 'character':
      return {
        best(text) {
          const segments: Segment[] = [];
          for (let start = 0; start < text.length; ) {
            const symbol = symbols.longest === 0 ? undefined : longestEntry(text, symbols, start);
            const end = symbol?.end ?? start + widthAt(text, start);
            segments.push({ id: idOf(text.slice(start, end)), start, end });
            start = end;
          }
          return segments;
        },
      };
    default:
      return algorithm satisfies never;
  }
}

function unigramSegmenter(pieces: SentencePieceModel['pieces'], unknownId: number): Segmenter {
  const { best, entries } = sentencePieceUnigram(pieces, unknownId);
  return {
    best,
    sampled: (text, sampling) => ('alpha' in sampling ? sampledSegments(text, entries, sampling) : undefined),
    several: (text, count) => bestSegmentations(text, entries, count),
  };
}

function mergingSegmenter(
  pieces: SentencePieceModel['pieces'],
  given: { symbols: Trie; unknownId: number },
): Segmenter {
  const merged = sentencePieceMerges(pieces, given);
  return {
    best: (text) => merged(text),
    sampled(text, sampling) {
      if (!('dropout' in sampling)) return undefined;
      const { dropout: probability, random } = sampling;
      return merged(text, probability === 0 ? undefined : { probability, random });
    },
  };
}
