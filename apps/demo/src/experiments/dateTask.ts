// Writing dates one way: '3 march 1997', 'mar 3, 1997', '3.3.1997' → '1997-03-03'. The weight of each output character must find the part
// of the input that it comes from, wherever the format has put it.

import type { Random } from '@heed/tensor';
import type { Example, Task } from './task.ts';

const months = [
  ...['january', 'february', 'march', 'april', 'may', 'june'],
  ...['july', 'august', 'september', 'october', 'november', 'december'],
];
const firstYear = 1950;
const years = 100;

interface CalendarDate {
  readonly year: number;
  /** 1 … 12 */
  readonly month: number;
  /** 1 … 31 */
  readonly day: number;
}

const nameOf = (month: number): string => months[month - 1] ?? ''; // month is 1 … 12
const short = (month: number): string => nameOf(month).slice(0, 3);

/** How people write dates; day before month wherever both are numbers. */
const formats: readonly ((date: CalendarDate) => string)[] = [
  ({ year, month, day }) => `${day} ${nameOf(month)} ${year}`,
  ({ year, month, day }) => `${nameOf(month)} ${day}, ${year}`,
  ({ year, month, day }) => `${day} ${short(month)} ${year}`,
  ({ year, month, day }) => `${short(month)} ${day}, ${year}`,
  ({ year, month, day }) => `${day}.${month}.${year}`,
  ({ year, month, day }) => `${year}/${month}/${day}`,
];

const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

const iso = ({ year, month, day }: CalendarDate): string =>
  `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;

/** The numbers in a text of any of the formats. */
const read = (text: string): CalendarDate | undefined => {
  const numeric = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(text);
  if (numeric) return { day: Number(numeric[1]), month: Number(numeric[2]), year: Number(numeric[3]) };
  const slashed = /^(\d{4})\/(\d{1,2})\/(\d{1,2})$/.exec(text);
  if (slashed) return { year: Number(slashed[1]), month: Number(slashed[2]), day: Number(slashed[3]) };
  const named = /^(\d{1,2}) ([a-z]+) (\d{4})$/.exec(text) ?? /^([a-z]+) (\d{1,2}), (\d{4})$/.exec(text);
  if (named === null) return undefined;
  const word = [named[1], named[2]].find((part) => /[a-z]/.test(part ?? '')) ?? '';
  const day = [named[1], named[2]].find((part) => /\d/.test(part ?? ''));
  const month = months.findIndex((name) => name === word || name.slice(0, 3) === word) + 1;
  return { day: Number(day), month, year: Number(named[3]) };
};

/** Dates of 1950 to 2049 in six formats, written as year-month-day. */
export const dateTask: Task = {
  name: 'dates',
  alphabet: 'abcdefghijklmnopqrstuvwxyz0123456789 ,./-',
  longest: 10,
  probe: 'march 14, 1997',
  draw(source: Random): Example {
    const year = firstYear + source.integer(years);
    const month = 1 + source.integer(12);
    const date = { year, month, day: 1 + source.integer(daysIn(year, month)) };
    const format = formats[source.integer(formats.length)] as (date: CalendarDate) => string; // below its length
    return { source: format(date), target: iso(date) };
  },
  answer(text) {
    const date = read(text);
    if (date === undefined || date.month < 1 || date.month > 12) return undefined;
    if (date.year < firstYear || date.year >= firstYear + years) return undefined;
    return date.day >= 1 && date.day <= daysIn(date.year, date.month) ? iso(date) : undefined;
  },
};
