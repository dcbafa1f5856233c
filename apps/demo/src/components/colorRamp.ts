// The one ramp of the page, from nothing (the paper) to much: lightness falls evenly, so that it reads in grey and for colour-blind
// eyes; in dark colours it rises. Built in OKLCH (Ottosson 2020) and turned to sRGB here.

import type { Theme } from '../state/preferences.ts';

/** Lightness 0 … 1, chroma, hue in degrees. */
type Lch = readonly [lightness: number, chroma: number, hue: number];

const stops: Readonly<Record<Theme, readonly Lch[]>> = {
  light: [
    [0.975, 0.008, 85],
    [0.9, 0.06, 75],
    [0.78, 0.125, 58],
    [0.64, 0.17, 40],
    [0.47, 0.15, 25],
    [0.29, 0.09, 355],
  ],
  dark: [
    [0.235, 0.006, 85],
    [0.34, 0.085, 355],
    [0.47, 0.145, 20],
    [0.63, 0.17, 40],
    [0.8, 0.12, 68],
    [0.95, 0.05, 95],
  ],
};

const between = (a: number, b: number, t: number): number => a + (b - a) * t;

/** Turns the shorter way round the circle. */
const hueBetween = (a: number, b: number, t: number): number =>
  a + (((((b - a + 540) % 360) + 360) % 360) - 180) * t;

const gamma = (x: number): number => {
  const clamped = Math.max(0, Math.min(1, x));
  return Math.round(255 * (clamped <= 0.0031308 ? 12.92 * clamped : 1.055 * clamped ** (1 / 2.4) - 0.055));
};

/** OKLCH → sRGB, each 0 … 255; what lies outside is clipped. Ottosson 2020, 'A perceptual color space for image processing'. */
const rgbOf = ([lightness, chroma, hue]: Lch): [number, number, number] => {
  const angle = (hue * Math.PI) / 180;
  const [a, b] = [chroma * Math.cos(angle), chroma * Math.sin(angle)];
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    gamma(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    gamma(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    gamma(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
};

const steps = 256;

const table = (list: readonly Lch[]): Uint8ClampedArray =>
  Uint8ClampedArray.from(
    Array.from({ length: steps }, (_, index) => {
      const place = (index / (steps - 1)) * (list.length - 1);
      const low = Math.min(Math.floor(place), list.length - 2);
      const [a, b] = [list[low] as Lch, list[low + 1] as Lch]; // low + 1 < length
      const t = place - low;
      return [...rgbOf([between(a[0], b[0], t), between(a[1], b[1], t), hueBetween(a[2], b[2], t)]), 255];
    }).flat(),
  );

const tables: Readonly<Record<Theme, Uint8ClampedArray>> = {
  light: table(stops.light),
  dark: table(stops.dark),
};

const indexOf = (share: number): number => Math.round(Math.max(0, Math.min(1, share)) * (steps - 1));

/** Red, green, blue and alpha of all 256 steps, 0 … 255. */
export const rampTable = (theme: Theme): Uint8ClampedArray => tables[theme];

/** Offset in `rampTable` of a share 0 … 1; others are clipped. */
export const rampOffset = (share: number): number => 4 * indexOf(share);

/** CSS colour of a share 0 … 1. */
export const rampColor = (theme: Theme, share: number): string => {
  const at = rampOffset(share);
  const values = tables[theme];
  return `rgb(${values[at]} ${values[at + 1]} ${values[at + 2]})`;
};

const linear = (channel: number): number =>
  channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;

/** Relative luminance at which black and white text have the same contrast, 4.58 : 1. WCAG 2.2: √(1.05 · 0.05) − 0.05. */
const evenLuminance = Math.sqrt(1.05 * 0.05) - 0.05;

/** Black or white, whichever is the readable text on the ramp's colour of a share; its contrast is at least 4.5 : 1. */
export const textOnRamp = (theme: Theme, share: number): 'black' | 'white' => {
  const at = rampOffset(share);
  const [r = 0, g = 0, b = 0] = tables[theme].subarray(at, at + 3);
  const luminance = 0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
  return luminance > evenLuminance ? 'black' : 'white';
};
