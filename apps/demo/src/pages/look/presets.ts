// Sentences that make a point in one click. The first set is what the page opens with.

/** Names of the sets, in the order of the buttons. */
export const presetNames = ['bank', 'pronoun', 'paraphrase', 'negation', 'chinese'] as const;

/** A set's name. */
export type PresetName = (typeof presetNames)[number];

/** The sentences of each set. */
export const presets: Readonly<Record<PresetName, readonly string[]>> = {
  bank: [
    'She sat on the bank of the river and watched the boats.',
    'He rested on the grassy shore beside the water.',
    'The bank refused to lend him any money.',
    'They asked for a loan to buy the house.',
  ],
  pronoun: [
    'The trophy does not fit in the suitcase because it is too big.',
    'The trophy does not fit in the suitcase because it is too small.',
    'The cup is larger than the bag.',
  ],
  paraphrase: [
    'How old are you?',
    'What is your age?',
    'The economy is growing quickly.',
    'Business is expanding at a rapid pace.',
    'My dog loves to play in the snow.',
    'The puppy enjoys winter weather.',
  ],
  negation: [
    'I love this film.',
    'I do not love this film.',
    'I hate this film.',
    'This movie is wonderful.',
  ],
  chinese: [
    'Where is the train station?',
    'How do I get to the railway?',
    '火车站在哪里？',
    'Wo ist der Bahnhof?',
    '今天天气很好。',
  ],
};
