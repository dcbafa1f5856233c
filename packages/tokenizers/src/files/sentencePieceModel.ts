// SentencePiece's .model file as data: pieces and the settings that encoding needs. What they do is elsewhere.
import { TokenizerError } from '../tokenizerError.ts';
import { type ProtobufField, protobufFields } from './protobuf.ts';

/** What a piece is for (`SentencePiece.Type` in google/sentencepiece src/sentencepiece_model.proto, 0.2.3). */
export type PieceKind = 'normal' | 'unknown' | 'control' | 'userDefined' | 'unused' | 'byte';

/** A piece with its log-probability, or its rank with the sign turned; the id is its position. */
export interface Piece {
  text: string;
  score: number;
  kind: PieceKind;
}

/** A .model file. */
export interface SentencePieceModel {
  pieces: Piece[];
  /** How a text is cut. */
  algorithm: 'unigram' | 'bpe' | 'word' | 'character';
  /** Whether unknown characters become byte pieces. */
  byteFallback: boolean;
  /** Whether the mark for a blank ends a word instead of beginning it. */
  whitespaceAsSuffix: boolean;
  /** What the unknown piece decodes to. */
  unknownSurface: string;
  /** The compiled normalization rules; empty for none. */
  charsmap: Uint8Array;
  /** Whether a mark is put before the text (or after it). */
  addDummyPrefix: boolean;
  /** Whether blanks at the ends are dropped, and runs of them made one. */
  removeExtraWhitespaces: boolean;
  /** Whether blanks become ▁. */
  escapeWhitespaces: boolean;
}

const kinds: readonly PieceKind[] = ['normal', 'unknown', 'control', 'userDefined', 'unused', 'byte'];
const algorithms = ['unigram', 'bpe', 'word', 'character'] as const;
// Field numbers of the messages.
const model = { pieces: 1, trainer: 2, normalizer: 3, denormalizer: 5 };
const trainer = { algorithm: 3, suffix: 24, byteFallback: 35, unknownSurface: 44 };
const normalizer = { charsmap: 2, dummyPrefix: 3, extraWhitespaces: 4, escape: 5 };

/** Reads a .model file. Throws a TokenizerError that names the place for anything broken or unknown. */
export function readSentencePieceModel(file: Uint8Array, place: string): SentencePieceModel {
  if (!(file instanceof Uint8Array)) {
    throw new TokenizerError(
      place,
      `a value of type ${typeof file} was given; expected the bytes of the file, as a Uint8Array.`,
    );
  }
  const fields = protobufFields(file, place);
  const pieces = fields.filter(({ number }) => number === model.pieces).map(readPiece);
  if (pieces.length === 0) {
    throw new TokenizerError(
      place,
      `the ${file.length} bytes hold no pieces; expected a SentencePiece model. Get the file again.`,
    );
  }
  const settings = (number: number): Message =>
    message(
      fields.findLast((field) => field.number === number),
      place,
    );
  const training = settings(model.trainer);
  const normalizing = settings(model.normalizer);
  const denormalizing = settings(model.denormalizer);
  if (denormalizing.bytes(normalizer.charsmap).length > 0) {
    throw new TokenizerError(
      `${place}: denormalizer_spec`,
      'the model has rules for decoding, which are not supported. Train it without a denormalization rule.',
    );
  }
  const algorithm = algorithms[training.integer(trainer.algorithm, 1) - 1];
  if (algorithm === undefined) {
    throw new TokenizerError(
      `${place}: trainer_spec.model_type`,
      `${training.integer(trainer.algorithm, 1)} was given, expected 1 (unigram), 2 (bpe), 3 (word) or 4 (char). Get the file again.`,
    );
  }
  return {
    pieces,
    algorithm,
    byteFallback: training.integer(trainer.byteFallback, 0) !== 0,
    whitespaceAsSuffix: training.integer(trainer.suffix, 0) !== 0,
    unknownSurface: training.text(trainer.unknownSurface, ' \u2047 '),
    charsmap: normalizing.bytes(normalizer.charsmap),
    addDummyPrefix: normalizing.integer(normalizer.dummyPrefix, 1) !== 0,
    removeExtraWhitespaces: normalizing.integer(normalizer.extraWhitespaces, 1) !== 0,
    escapeWhitespaces: normalizing.integer(normalizer.escape, 1) !== 0,
  };
}

function readPiece(field: ProtobufField, position: number): Piece {
  const place = `${field.place} (piece ${position})`;
  const piece = message(field, place);
  const kind = kinds[piece.integer(3, 1) - 1];
  if (kind === undefined) {
    throw new TokenizerError(
      place,
      `a type of ${piece.integer(3, 1)} was given, expected 1 to 6. Get the file again.`,
    );
  }
  const score = piece.float(2);
  if (!Number.isFinite(score)) {
    throw new TokenizerError(
      place,
      `a score of ${score} was given, expected a finite number. Get the file again.`,
    );
  }
  return { text: piece.text(1, ''), score, kind };
}

interface Message {
  integer(number: number, otherwise: number): number;
  float(number: number): number;
  bytes(number: number): Uint8Array;
  text(number: number, otherwise: string): string;
}

// Reads fields by number; of one given twice the last counts, as the format demands.
function message(field: ProtobufField | undefined, place: string): Message {
  const fields = field === undefined ? [] : protobufFields(field.bytes ?? new Uint8Array(0), field.place);
  const last = (number: number): ProtobufField | undefined =>
    fields.findLast((each) => each.number === number);
  return {
    integer: (number, otherwise) => last(number)?.integer ?? otherwise,
    float: (number) => last(number)?.float ?? 0,
    bytes: (number) => last(number)?.bytes ?? new Uint8Array(0),
    text(number, otherwise) {
      const bytes = last(number)?.bytes;
      if (bytes === undefined) return otherwise;
      try {
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
      } catch {
        throw new TokenizerError(
          place,
          `its ${bytes.length} bytes of text are not UTF-8. Get the file again.`,
        );
      }
    },
  };
}
