// Text that shows what has no shape of its own: blanks, line ends, joiners. For pictures only, never for data.

const unseen = /^[\p{Cc}\p{Cf}\p{Zs}\p{Zl}\p{Zp}\p{Cs}]$/u;

/**
 * A text with its blanks as '·', line ends as '↵', other invisible characters by number, and '∅' for nothing.
 *
 * @example
 * visibleText(' a\u200d'); //=> '·aU+200D'
 */
export const visibleText = (text: string): string => {
  if (text === '') return '∅';
  let shown = '';
  for (const character of text) {
    if (character === ' ') shown += '·';
    else if (character === '\n') shown += '↵';
    else if (unseen.test(character) && [...text].length < 3)
      shown += `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
    else shown += character;
  }
  return shown;
};
