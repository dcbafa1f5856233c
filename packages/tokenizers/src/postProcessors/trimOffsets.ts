// Takes the blanks of byte-level tokens out of their offsets.
import { isWhitespace } from '../characters.ts';
import { Encoding } from '../encoding.ts';
import type { PostProcessor } from './template.ts';

// The blank in the byte alphabet.
const blank = 0x120;

/**
 * A post-processor that first makes the offsets of both texts leave out blanks at the ends of tokens (`trim_offsets` of
 * `ByteLevel` and `RobertaProcessing`; `process_offsets` in tokenizers pre_tokenizers/byte_level.rs, 3ba8ad00). With
 * `addPrefixSpace` a single blank at the very start counts as put there, and covers nothing.
 */
export function trimOffsets(inner: PostProcessor, options: { addPrefixSpace: boolean }): PostProcessor {
  return {
    ...inner,
    arrange: ({ first, second }, addSpecialTokens) =>
      inner.arrange(
        {
          first: trimmed(first, options),
          second: second === undefined ? undefined : trimmed(second, options),
        },
        addSpecialTokens,
      ),
  };
}

function trimmed(encoding: Encoding, { addPrefixSpace }: { addPrefixSpace: boolean }): Encoding {
  const offsets = encoding.offsets.slice();
  for (const [k, token] of encoding.tokens.entries()) {
    let leading = 0;
    while (leading < token.length && isBlank(token, leading)) leading += 1;
    let trailing = 0;
    while (trailing < token.length && isBlank(token, token.length - 1 - trailing)) trailing += 1;
    const start = offsets[2 * k] ?? 0;
    const end = offsets[2 * k + 1] ?? 0;
    const put = addPrefixSpace && leading === 1 && (k === 0 || start === 0);
    const from = put ? start : Math.min(start + leading, end);
    offsets[2 * k] = from;
    if (end >= trailing) offsets[2 * k + 1] = Math.max(end - trailing, from);
  }
  return new Encoding({ ...encoding, offsets });
}

// All white space is in the basic plane, so units are characters.
function isBlank(token: string, index: number): boolean {
  const code = token.charCodeAt(index);
  return code === blank || isWhitespace(code);
}
