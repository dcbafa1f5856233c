// The frame of all pages: name, doors, language and colours; and the whole window as a place to drop a model's folder.

import {
  createEffect,
  createMemo,
  createSignal,
  For,
  type JSX,
  lazy,
  on,
  onCleanup,
  Show,
  Suspense,
} from 'solid-js';
import { Dynamic } from 'solid-js/web';
import { NavMenu } from './components/NavMenu.tsx';
import { Segmented } from './components/Segmented.tsx';
import { texts } from './i18n/texts.ts';
import { droppedFiles } from './model/droppedFiles.ts';
import { holdsTokens, putDropped, recognizeTokens } from './model/droppedTokenizer.ts';
import { openFiles } from './model/session.ts';
import { LookPage } from './pages/look/LookPage.tsx';
import { currentAddress, hashOf, openPage, type Page } from './state/address.ts';
import { chooseLanguage, chooseTheme, language, theme } from './state/preferences.ts';

const views: Readonly<Record<Page, () => JSX.Element>> = {
  look: LookPage,
  explorer: lazy(() =>
    import('./pages/explorer/ExplorerPage.tsx').then(({ ExplorerPage }) => ({ default: ExplorerPage })),
  ),
  tokens: lazy(() =>
    import('./pages/tokens/TokensPage.tsx').then(({ TokensPage }) => ({ default: TokensPage })),
  ),
  positions: lazy(() =>
    import('./pages/positions/PositionsPage.tsx').then(({ PositionsPage }) => ({ default: PositionsPage })),
  ),
  heads: lazy(() => import('./pages/heads/HeadsPage.tsx').then(({ HeadsPage }) => ({ default: HeadsPage }))),
  scaling: lazy(() =>
    import('./pages/scaling/ScalingPage.tsx').then(({ ScalingPage }) => ({ default: ScalingPage })),
  ),
  flash: lazy(() => import('./pages/flash/FlashPage.tsx').then(({ FlashPage }) => ({ default: FlashPage }))),
  masks: lazy(() => import('./pages/masks/MasksPage.tsx').then(({ MasksPage }) => ({ default: MasksPage }))),
  train: lazy(() => import('./pages/train/TrainPage.tsx').then(({ TrainPage }) => ({ default: TrainPage }))),
  gradients: lazy(() =>
    import('./pages/gradients/GradientsPage.tsx').then(({ GradientsPage }) => ({ default: GradientsPage })),
  ),
};

/** The navigation: pages of their own, and pages under one name. */
const entries: readonly (Page | { readonly group: 'attention'; readonly pages: readonly Page[] })[] = [
  'look',
  'explorer',
  'tokens',
  { group: 'attention', pages: ['masks', 'positions', 'heads', 'scaling', 'flash'] },
  'train',
  'gradients',
];

const linkOf = (page: Page) => ({
  name: texts().nav[page],
  hash: hashOf(page),
  current: currentAddress().page === page,
});

const Header = (): JSX.Element => (
  <header class="top">
    <div class="top-inner">
      <a class="brand" href={hashOf('look')}>
        <svg viewBox="0 0 28 20" width="28" height="20" aria-hidden="true">
          <path d="M4 15 C4 1, 24 1, 24 15" />
          <path d="M14 15 C14 8, 24 8, 24 15" />
          <circle cx="4" cy="16" r="2.5" />
          <circle cx="14" cy="16" r="2.5" />
          <circle cx="24" cy="16" r="2.5" />
        </svg>
        Heed
      </a>
      <nav aria-label={texts().nav.label}>
        <For each={entries}>
          {(entry) =>
            typeof entry === 'string' ? (
              <a href={hashOf(entry)} aria-current={linkOf(entry).current ? 'page' : undefined}>
                {texts().nav[entry]}
              </a>
            ) : (
              <NavMenu name={texts().nav[entry.group]} links={entry.pages.map(linkOf)} />
            )
          }
        </For>
      </nav>
      <div class="top-tools">
        <Segmented
          label={texts().language.label}
          labelled={false}
          options={[
            { value: 'en', label: 'EN' },
            { value: 'zh', label: '中文' },
          ]}
          value={language()}
          onChange={chooseLanguage}
        />
        <button
          type="button"
          class="icon theme"
          aria-label={theme() === 'light' ? texts().theme.toDark : texts().theme.toLight}
          onClick={() => chooseTheme(theme() === 'light' ? 'dark' : 'light')}
        >
          <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
            <circle cx="10" cy="10" r="7" />
            <path d="M10 3 A7 7 0 0 1 10 17 Z" />
          </svg>
        </button>
      </div>
    </div>
  </header>
);

/** Listens for drops anywhere; true while something is held over the window. */
const dropTarget = (): (() => boolean) => {
  const [over, setOver] = createSignal(false);
  const listen = <Name extends keyof WindowEventMap>(
    name: Name,
    handler: (event: WindowEventMap[Name]) => void,
  ): void => {
    addEventListener(name, handler);
    onCleanup(() => removeEventListener(name, handler));
  };
  listen('dragover', (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    setOver(true);
  });
  listen('dragleave', (event) => event.relatedTarget === null && setOver(false));
  listen('drop', (event) => {
    setOver(false);
    const items = event.dataTransfer?.items;
    if (items === undefined || !Array.from(items).some(({ kind }) => kind === 'file')) return;
    event.preventDefault();
    void droppedFiles(items).then(async ({ name, files }) => {
      if (currentAddress().page === 'tokens' || holdsTokens(files)) {
        putDropped(await recognizeTokens({ name, files }));
        if (currentAddress().page !== 'tokens') openPage('tokens');
        return;
      }
      if (!['look', 'explorer'].includes(currentAddress().page)) openPage('look'); // both show what a model reads
      openFiles(name, files);
    });
  });
  return over;
};

/** The application. */
export const App = (): JSX.Element => {
  const over = dropTarget();
  const page = createMemo(() => currentAddress().page); // most changes of the address stay on the page
  createEffect(on(page, () => scrollTo({ top: 0 }), { defer: true }));
  createEffect(() => {
    document.title = `${texts().nav[page()]} · ${texts().title}`;
  });
  return (
    <>
      <button type="button" class="skip" onClick={() => document.querySelector<HTMLElement>('main')?.focus()}>
        {texts().nav.skip}
      </button>
      <Header />
      <main id="main" tabindex="-1">
        <Suspense>
          <Dynamic component={views[page()]} />
        </Suspense>
      </main>
      <footer class="foot">
        <p>{texts().foot}</p>
      </footer>
      <Show when={over()}>
        <div class="drop-veil">
          <p>{texts().model.drop}</p>
        </div>
      </Show>
    </>
  );
};
