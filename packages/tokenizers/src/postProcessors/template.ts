// The fourth stage: where special tokens go, and which segment a text is. BERT's two patterns are templates, too.
import { Encoding, joinEncodings } from '../encoding.ts';

/** A place in a template: one of the texts, or fixed tokens. */
export type TemplatePart =
  | { kind: 'text'; text: 'first' | 'second'; typeId: number }
  | { kind: 'special'; ids: readonly number[]; tokens: readonly string[]; typeId: number };

/** Arranges one or two encodings. */
export interface PostProcessor {
  /** How many special tokens are added to one text, or to a pair. */
  added(pair: boolean): number;
  /** Arranges the texts; without `addSpecialTokens` special tokens are left out. */
  arrange(texts: { first: Encoding; second: Encoding | undefined }, addSpecialTokens: boolean): Encoding;
}

/** Arranges by `single` for one text and by `pair` for two (`TemplateProcessing`). */
export function template(single: readonly TemplatePart[], pair: readonly TemplatePart[]): PostProcessor {
  return {
    added(isPair) {
      return (isPair ? pair : single).reduce(
        (sum, part) => sum + (part.kind === 'special' ? part.ids.length : 0),
        0,
      );
    },
    arrange({ first, second }, addSpecialTokens) {
      const parts: Encoding[] = [];
      for (const part of second === undefined ? single : pair) {
        if (part.kind === 'text') {
          const text = part.text === 'first' ? first : second;
          if (text !== undefined)
            parts.push(labelled(text, { typeId: part.typeId, sequenceId: part.text === 'first' ? 0 : 1 }));
        } else if (addSpecialTokens) {
          parts.push(specialTokens(part));
        }
      }
      return joinEncodings(parts);
    },
  };
}

/** No special tokens; segment 0, then 1: what a file without a post-processor means. */
export function plainTemplate(): PostProcessor {
  const first = { kind: 'text', text: 'first', typeId: 0 } as const;
  return template([first], [first, { kind: 'text', text: 'second', typeId: 1 }]);
}

/** `[CLS] first [SEP]`, and `[CLS] first [SEP] second [SEP]` with segments 0 and 1 (`BertProcessing`). */
export function bertTemplate(
  cls: { id: number; token: string },
  sep: { id: number; token: string },
): PostProcessor {
  const special = (of: { id: number; token: string }, typeId: number): TemplatePart => ({
    kind: 'special',
    ids: [of.id],
    tokens: [of.token],
    typeId,
  });
  const single: TemplatePart[] = [
    special(cls, 0),
    { kind: 'text', text: 'first', typeId: 0 },
    special(sep, 0),
  ];
  return template(single, [...single, { kind: 'text', text: 'second', typeId: 1 }, special(sep, 1)]);
}

/** `<s> first </s>`, and `<s> first </s> </s> second </s>`, all in segment 0 (`RobertaProcessing`). */
export function robertaTemplate(
  cls: { id: number; token: string },
  sep: { id: number; token: string },
): PostProcessor {
  const special = (of: { id: number; token: string }): TemplatePart => ({
    kind: 'special',
    ids: [of.id],
    tokens: [of.token],
    typeId: 0,
  });
  const text = (which: 'first' | 'second'): TemplatePart => ({ kind: 'text', text: which, typeId: 0 });
  const single = [special(cls), text('first'), special(sep)];
  return template(single, [...single, special(sep), text('second'), special(sep)]);
}

function labelled(encoding: Encoding, labels: { typeId: number; sequenceId: number }): Encoding {
  return new Encoding({
    ids: encoding.ids,
    tokens: encoding.tokens,
    offsets: encoding.offsets,
    typeIds: new Int32Array(encoding.length).fill(labels.typeId),
    specialTokensMask: encoding.specialTokensMask,
    wordIds: encoding.wordIds,
    sequenceIds: new Int32Array(encoding.length).fill(labels.sequenceId),
    truncated: encoding.truncated,
  });
}

function specialTokens(part: TemplatePart & { kind: 'special' }): Encoding {
  const length = part.ids.length;
  return new Encoding({
    ids: Int32Array.from(part.ids),
    tokens: part.tokens,
    offsets: new Int32Array(2 * length),
    typeIds: new Int32Array(length).fill(part.typeId),
    specialTokensMask: new Uint8Array(length).fill(1),
    wordIds: new Int32Array(length).fill(-1),
    sequenceIds: new Int32Array(length).fill(-1),
  });
}
