// What is shown, in the address: '#/look?text=…&layer=1&head=2'. Any view is a link. Preferences of the reader are elsewhere.

import { createSignal } from 'solid-js';

/** The pages there are. */
export const pages = [
  'look',
  'explorer',
  'tokens',
  'masks',
  'positions',
  'heads',
  'scaling',
  'flash',
  'train',
  'gradients',
] as const;

/** One of the pages. */
export type Page = (typeof pages)[number];

/** A parsed address. */
export interface Address {
  readonly page: Page;
  readonly values: ReadonlyMap<string, string>;
}

/** Reads the part of an address that follows '#'; what it does not know becomes the first page. */
export const parseAddress = (hash: string): Address => {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?', 2);
  const page = pages.find((known) => known === path) ?? pages[0];
  return { page, values: new Map(new URLSearchParams(query)) };
};

/** The part of an address that follows '#'. Empty values are left out. */
export const formatAddress = ({ page, values }: Address): string => {
  const query = new URLSearchParams([...values].filter(([, value]) => value !== '')).toString();
  return `#/${page}${query === '' ? '' : `?${query}`}`;
};

const [address, setAddress] = createSignal<Address>(parseAddress(location.hash), {
  equals: (a, b) => formatAddress(a) === formatAddress(b),
});
/** The address that each page was left with. */
const left = new Map<Page, Address>();

const arrive = (next: Address): void => {
  if (address().page !== next.page) left.set(address().page, address());
  setAddress(next);
};
addEventListener('popstate', () => arrive(parseAddress(location.hash)));

/** The current address. */
export const currentAddress: () => Address = address;

/** Changes values of the current page without a new entry in the history. */
export const updateAddress = (changes: Readonly<Record<string, string>>): void => {
  const { page, values } = address();
  const next = { page, values: new Map([...values, ...Object.entries(changes)]) };
  history.replaceState(null, '', formatAddress(next));
  setAddress(next);
};

/** The hash that leads to a page as it was left: plain links use it. */
export const hashOf = (page: Page): string =>
  formatAddress(page === address().page ? address() : (left.get(page) ?? { page, values: new Map() }));

/** A value of a page as it was left. */
export const valueLeft = (page: Page, name: string): string | undefined => left.get(page)?.values.get(name);

/** Another page, as a new entry in the history. */
export const openPage = (page: Page): void => {
  const hash = hashOf(page);
  history.pushState(null, '', hash);
  arrive(parseAddress(hash));
};

/** A whole number from the address, or the fallback where it is none of 0 … limit − 1. */
export const numberInAddress = (name: string, limit: number, fallback: number): number => {
  const text = address().values.get(name);
  const value = text === undefined ? Number.NaN : Number(text);
  return Number.isInteger(value) && value >= 0 && value < limit ? value : fallback;
};

/** One of a list from the address, as it is written there, or the fallback where it is none. */
export const choiceInAddress = <Value extends string | number>(
  name: string,
  list: readonly Value[],
  fallback: Value,
): Value => list.find((value) => String(value) === address().values.get(name)) ?? fallback;
