// Texts of a reader, and numbers of any order, inside a formula.

/** TeX that shows the text as it is, at most 24 characters; characters that mean something to TeX become spaces. */
export const formulaText = (text: string): string =>
  `\\text{${text.replace(/[\\{}$&#^_%~]/g, ' ').slice(0, 24)}}`;

/** TeX of a number with two digits: '2.1 \\cdot 10^{-5}'; near 1 without the power. */
export const scientific = (value: number): string => {
  const [digits = '', exponent = '0'] = value.toExponential(1).split('e');
  return Number(exponent) === 0 ? digits : `${digits} \\cdot 10^{${Number(exponent)}}`;
};
