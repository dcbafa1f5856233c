// What the reader prefers: language and colours. Kept in this browser; the language may also come with a link ('lang=zh').

import { createEffect, createRoot, createSignal } from 'solid-js';
import { parseAddress, updateAddress } from './address.ts';

/** Languages of the page. */
export type Language = 'en' | 'zh';

/** Colours of the page. */
export type Theme = 'light' | 'dark';

const stored = (name: string): string | null => {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // storage may be forbidden
  }
};

const store = (name: string, value: string): void => {
  try {
    localStorage.setItem(name, value);
  } catch {
    // then the next visit starts from the defaults
  }
};

const firstLanguage = (): Language => {
  const wish =
    parseAddress(location.hash).values.get('lang') ?? stored('heed-language') ?? navigator.language;
  return wish.startsWith('zh') ? 'zh' : 'en';
};

const systemDark = matchMedia('(prefers-color-scheme: dark)');
const storedTheme = stored('heed-theme');
const chosenTheme: Theme | undefined =
  storedTheme === 'light' || storedTheme === 'dark' ? storedTheme : undefined;

const [languageSignal, setLanguageSignal] = createSignal<Language>(firstLanguage());
const [themeSignal, setThemeSignal] = createSignal<Theme>(
  chosenTheme ?? (systemDark.matches ? 'dark' : 'light'),
);
systemDark.addEventListener('change', ({ matches }) => {
  if (stored('heed-theme') === null) setThemeSignal(matches ? 'dark' : 'light');
});

createRoot(() => {
  createEffect(() => {
    document.documentElement.lang = languageSignal() === 'zh' ? 'zh-Hans' : 'en';
    document.documentElement.dataset.theme = themeSignal();
  });
});

/** The language of all texts. */
export const language: () => Language = languageSignal;

/** Changes the language; everything else stays as it is. */
export const chooseLanguage = (next: Language): void => {
  setLanguageSignal(next);
  store('heed-language', next);
  updateAddress({ lang: next });
};

/** The colours. */
export const theme: () => Theme = themeSignal;

/** Changes the colours, for this and later visits. */
export const chooseTheme = (next: Theme): void => {
  setThemeSignal(next);
  store('heed-theme', next);
};
