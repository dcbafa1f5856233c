import { expect, it } from 'vitest';
import { visibleText } from '../../src/components/visibleText.ts';

it('blanks, line ends and joiners are seen, alone; inside a longer text only blanks and line ends', () => {
  expect(visibleText(' a\n')).toBe('·a↵');
  expect(visibleText('\u200d')).toBe('U+200D');
  expect(visibleText('\u00a0')).toBe('U+00A0');
  expect(visibleText('👩\u200d🔬')).toBe('👩\u200d🔬');
  expect(visibleText('')).toBe('∅');
});
