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
      const parts = (second === undefined ? single : pair).flatMap((part): Labelled[] => {
        if (part.kind === 'special') return addSpecialTokens ? [special(part)] : [];
        const encoding = part.text === 'first' ? first : second;
        const sequenceId = part.text === 'first' ? 0 : 1;
        return encoding === undefined ? [] : [{ encoding, typeId: part.typeId, sequenceId }];
      });
      const [only, more] = parts;
      // As it came, a text is labelled as the first one, in segment 0.
      if (more === undefined && only?.typeId === 0 && only.sequenceId === 0) return only.encoding;
      return labelled(parts);
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

interface Labelled {
  readonly encoding: Encoding;
  readonly typeId: number;
  readonly sequenceId: number;
}

// The parts one after the other, with their labels.
function labelled(parts: readonly Labelled[]): Encoding {
  const joined = joinEncodings(parts.map(({ encoding }) => encoding));
  let at = 0;
  for (const { encoding, typeId, sequenceId } of parts) {
    const end = at + encoding.length;
    joined.typeIds.fill(typeId, at, end);
    joined.sequenceIds.fill(sequenceId, at, end);
    at = end;
  }
  return joined;
}

function special({ ids, tokens, typeId }: TemplatePart & { kind: 'special' }): Labelled {
  const length = ids.length;
  const encoding = new Encoding({
    ids: Int32Array.from(ids),
    tokens,
    offsets: new Int32Array(2 * length),
    typeIds: new Int32Array(length),
    specialTokensMask: new Uint8Array(length).fill(1),
    wordIds: new Int32Array(length).fill(-1),
    sequenceIds: new Int32Array(length),
  });
  return { encoding, typeId, sequenceId: -1 };
}
