// A reader's text inside a formula.

/** TeX that shows the text as it is, at most 24 characters; characters that mean something to TeX become spaces. */
export const formulaText = (text: string): string =>
  `\\text{${text.replace(/[\\{}$&#^_%~]/g, ' ').slice(0, 24)}}`;
