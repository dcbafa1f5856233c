// Typed texts: one object a language, chosen by the reader's preference. No keys as strings, no formats: a text with a hole is a function.

import { language } from '../state/preferences.ts';
import { en, type Texts } from './en.ts';
import { zh } from './zh.ts';

const all: Readonly<Record<'en' | 'zh', Texts>> = { en, zh };

/** The texts in the current language; call it where it is shown, and it changes with the language. */
export const texts = (): Texts => all[language()];
