// Takes out the blanks that joining tokens leaves around English punctuation.

// In this order: a later rule may see what an earlier one has left.
const rules: readonly (readonly [from: string, to: string])[] = [
  [' .', '.'],
  [' ?', '?'],
  [' !', '!'],
  [' ,', ','],
  [" ' ", "'"],
  [" n't", "n't"],
  [" 'm", "'m"],
  [" 's", "'s"],
  [" 've", "'ve"],
  [" 're", "'re"],
];

/**
 * The text without blanks before `. ? ! ,` and contractions (`clean_up_tokenization` of transformers).
 *
 * @example cleanUp("it 's true !"); //=> "it's true!"
 */
export function cleanUp(text: string): string {
  return rules.reduce((current, [from, to]) => current.replaceAll(from, to), text);
}
