// A plane with a classifier's decision in each place and the points that it learns from: blue against vermilion, rings against dots, so
// that it reads without colour.

import { createEffect, type JSX } from 'solid-js';
import { theme } from '../state/preferences.ts';
import { elementWidth } from './elementWidth.ts';

/** What is shown. */
export interface DecisionMapProps {
  /** In words. */
  readonly label: string;
  /** Probability of class 1, side × side, from the top left. */
  readonly surface: Float32Array;
  readonly side: number;
  /** [points, 2] within ±reach. */
  readonly points: Float32Array;
  readonly labels: Int32Array;
  /** How far the plane reaches from its middle. */
  readonly reach: number;
}

type Rgb = readonly [number, number, number];

/** Any CSS colour: a canvas gives it back as '#rrggbb', however a minifier has written it. */
const rgbOf = (context: CanvasRenderingContext2D, color: string): Rgb => {
  context.fillStyle = color;
  const digits = String(context.fillStyle);
  const channel = (at: number): number => Number.parseInt(digits.slice(at, at + 2), 16);
  return [channel(1), channel(3), channel(5)];
};

/** Share of the class's colour where the net is sure; the rest is paper, so that points stand out. */
const strength = 0.5;

const paintSurface = (
  context: CanvasRenderingContext2D,
  { surface, side }: DecisionMapProps,
  [low, paper, high]: readonly [Rgb, Rgb, Rgb],
): void => {
  const cells = new OffscreenCanvas(side, side);
  const picture = new ImageData(side, side);
  for (const [cell, probability] of surface.entries()) {
    const color = probability < 0.5 ? low : high;
    const share = strength * Math.abs(2 * probability - 1);
    for (let channel = 0; channel < 3; channel++)
      picture.data[4 * cell + channel] =
        (paper[channel] ?? 0) + share * ((color[channel] ?? 0) - (paper[channel] ?? 0));
    picture.data[4 * cell + 3] = 255;
  }
  cells.getContext('2d')?.putImageData(picture, 0, 0);
  context.imageSmoothingEnabled = true;
  context.drawImage(cells, 0, 0, context.canvas.width, context.canvas.height);
};

/** The picture, as wide as it may be and square. */
export const DecisionMap = (props: DecisionMapProps): JSX.Element => {
  let canvas!: HTMLCanvasElement; // set by ref before onMount
  const size = elementWidth(() => canvas);
  createEffect(() => {
    theme(); // its colours are read below
    const pixels = Math.round(size() * devicePixelRatio);
    const context = canvas.getContext('2d');
    if (context === null || pixels === 0) return;
    canvas.width = pixels;
    canvas.height = pixels;
    const style = getComputedStyle(canvas);
    const color = (name: string): string => style.getPropertyValue(name).trim();
    const [low, high] = [color('--query'), color('--attention')];
    paintSurface(context, props, [
      rgbOf(context, low),
      rgbOf(context, color('--surface')),
      rgbOf(context, high),
    ]);
    const radius = 2.6 * devicePixelRatio;
    context.lineWidth = 1.4 * devicePixelRatio;
    for (const [point, label] of props.labels.entries()) {
      const place = (value: number): number => ((value / props.reach + 1) / 2) * pixels;
      context.beginPath();
      context.arc(
        place(props.points[2 * point] ?? 0),
        pixels - place(props.points[2 * point + 1] ?? 0),
        radius,
        0,
        2 * Math.PI,
      );
      context.fillStyle = label === 0 ? color('--surface') : high;
      context.strokeStyle = label === 0 ? low : color('--surface');
      context.fill();
      context.stroke();
    }
  });
  return <canvas class="decision-map" ref={canvas} role="img" aria-label={props.label} />;
};
