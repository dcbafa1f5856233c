// The `pre_tokenizer` of a tokenizer.json.

import { literal } from '../patterns/pattern.ts';
import { bertPreTokenizer } from '../preTokenizers/bert.ts';
import { byteLevel } from '../preTokenizers/byteLevel.ts';
import type { SplitBehavior } from '../preTokenizers/cut.ts';
import { digits } from '../preTokenizers/digits.ts';
import { fixedLength } from '../preTokenizers/fixedLength.ts';
import { type MetaspaceOptions, metaspace } from '../preTokenizers/metaspace.ts';
import { type PreTokenizer, preTokenizerSequence } from '../preTokenizers/preTokenizer.ts';
import { punctuation } from '../preTokenizers/punctuation.ts';
import { split } from '../preTokenizers/split.ts';
import { unicodeScripts } from '../preTokenizers/unicodeScripts.ts';
import { whitespace, whitespaceSplit } from '../preTokenizers/whitespace.ts';
import { readComponent } from './component.ts';
import type { JsonValue } from './json.ts';
import { readPattern } from './readPattern.ts';

/** Reads a pre-tokenizer; an absent one leaves texts whole. */
export function readPreTokenizer(json: JsonValue): PreTokenizer {
  if (json.absent) return preTokenizerSequence([]);
  return readComponent(json, 'pre-tokenizer', {
    BertPreTokenizer: () => bertPreTokenizer(),
    ByteLevel: () =>
      byteLevel({
        addPrefixSpace: json.field('add_prefix_space').boolean(true),
        useRegex: json.field('use_regex').boolean(true),
      }),
    UnicodeScripts: () => unicodeScripts(),
    Whitespace: () => whitespace(),
    WhitespaceSplit: () => whitespaceSplit(),
    Punctuation: () => punctuation(readBehavior(json.field('behavior'), 'isolated')),
    Digits: () => digits({ individual: json.field('individual_digits').boolean(false) }),
    Metaspace: () => metaspace(readMetaspace(json)),
    Split: () =>
      split(readPattern(json.field('pattern')), {
        behavior: readBehavior(json.field('behavior')),
        invert: json.field('invert').boolean(false),
      }),
    CharDelimiterSplit: () => split(literal(readCharacter(json.field('delimiter'))), { behavior: 'removed' }),
    FixedLength: () => fixedLength(json.field('length').integer(1)),
    Sequence: (parts) => preTokenizerSequence(parts('pretokenizers').map(readPreTokenizer)),
  });
}

/** Reads the fields that the pre-tokenizer and the decoder Metaspace share. */
export function readMetaspace(json: JsonValue): Required<MetaspaceOptions> {
  const scheme = json.field('prepend_scheme');
  // Older files say add_prefix_space instead of prepend_scheme; false means never.
  const prefixed = json.field('add_prefix_space').boolean(true);
  const given = scheme.absent ? 'always' : scheme.oneOf(['always', 'first', 'never'] as const);
  if (!prefixed && !scheme.absent && given !== 'never')
    scheme.refuse('"never", since add_prefix_space is false');
  const replacement = json.field('replacement');
  return {
    replacement: replacement.absent ? '▁' : readCharacter(replacement),
    prependScheme: prefixed ? given : 'never',
    split: json.field('split').boolean(true),
  };
}

function readCharacter(json: JsonValue): string {
  const text = json.string();
  return [...text].length === 1 ? text : json.refuse('one character');
}

function readBehavior(json: JsonValue, otherwise?: SplitBehavior): SplitBehavior {
  if (json.absent && otherwise !== undefined) return otherwise;
  const name = json.oneOf([
    'Removed',
    'Isolated',
    'MergedWithPrevious',
    'MergedWithNext',
    'Contiguous',
  ] as const);
  switch (name) {
    case 'Removed':
      return 'removed';
    case 'Isolated':
      return 'isolated';
    case 'MergedWithPrevious':
      return 'mergedWithPrevious';
    case 'MergedWithNext':
      return 'mergedWithNext';
    case 'Contiguous':
      return 'contiguous';
    default:
      return name satisfies never;
  }
}
