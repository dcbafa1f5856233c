// Sentences to explore heads with, each for one thing that heads do.

/** Names of the sentences, in the order of the buttons. */
export const sentenceNames = ['bank', 'repeated', 'pronoun', 'list'] as const;

/** A sentence's name. */
export type SentenceName = (typeof sentenceNames)[number];

/** The sentences, each with the word whose looks are shown at first. The first is the Look page's own. */
export const sentences: Readonly<Record<SentenceName, { readonly text: string; readonly word: string }>> = {
  bank: { text: 'She sat on the bank of the river and watched the boats.', word: 'bank' },
  repeated: { text: 'The dog chased the cat, and the cat chased the mouse.', word: 'cat' },
  pronoun: { text: 'The trophy does not fit in the suitcase because it is too big.', word: 'it' },
  list: { text: 'red, green, blue, red, green, blue, red, green, blue', word: 'green' },
};

/** The sentence of a text, if it is one of these. */
export const sentenceOf = (text: string): SentenceName | undefined =>
  sentenceNames.find((name) => sentences[name].text === text);
