// Replaces what a pattern finds. The pattern is a literal or a translated regular expression (`patterns/`).
import type { Pattern } from '../patterns/pattern.ts';
import type { Normalizer } from './normalizer.ts';

/**
 * Replaces every match by `content`, taken literally.
 *
 * @example replace(literal('``'), '"')(alignedText('``a')).text; //=> '"a'
 */
export function replace(pattern: Pattern, content: string): Normalizer {
  return (text) => text.replace(pattern(text.text), content);
}
