import { expect, it } from 'vitest';
import {
  bytes,
  duration,
  fixed,
  grouped,
  magnitude,
  percent,
  powerOfTen,
  quantity,
  significant,
} from '../../src/components/formatNumber.ts';

const plain = (text: string): string => text.replaceAll('\u202f', ' ');

it.each([
  [0, '0 %'],
  [0.001, '<1 %'],
  [0.034, '3.4 %'],
  [0.0996, '10 %'],
  [0.345, '35 %'],
  [1, '100 %'],
])('the share %s is written %s', (share, text) => {
  expect(plain(percent(share))).toBe(text);
});

it('numbers keep two significant digits, never an exponent, and a true minus', () => {
  expect(significant(0.00032)).toBe('0.00032');
  expect(significant(0.038)).toBe('0.038');
  expect(significant(1.234)).toBe('1.2');
  expect(significant(120)).toBe('120');
  expect(significant(0)).toBe('0');
  expect(fixed(-0.123)).toBe('−0.12');
});

it('sizes, counts and times have their units', () => {
  expect(plain(bytes(28_368_997))).toBe('28 MB');
  expect(plain(bytes(1200))).toBe('2 kB');
  expect(plain(bytes(9.92e12))).toBe('9.9 TB');
  expect([8.25e11, 1.26e9, 1e15, 640, 0].map((count) => plain(quantity(count)))).toEqual([
    '825 G',
    '1.3 G',
    '1 P',
    '640 ',
    '0 ',
  ]);
  expect(plain(grouped(1_234_567))).toBe('1 234 567');
  expect(plain(duration(8.04))).toBe('8.0 ms');
  expect(plain(duration(2345))).toBe('2.3 s');
  expect(plain(duration(72_000))).toBe('1 min 12 s');
});

it('sizes of any order stay short, and powers of ten are written as such', () => {
  expect([0, 0.78, 45, 0.0021, 2e-26, 1e-5, -3e9, 9949].map(magnitude)).toEqual([
    '0',
    '0.78',
    '45',
    '2×10⁻³',
    '2×10⁻²⁶',
    '10⁻⁵',
    '−3×10⁹',
    '9900',
  ]);
  expect([1e-12, 0.001, 1, 10, 1e9].map(powerOfTen)).toEqual(['10⁻¹²', '10⁻³', '1', '10¹', '10⁹']);
});
