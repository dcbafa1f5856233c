// Where tokens and arcs lie. Lying: tokens in a row, looks to later tokens above and looks back below. Standing (narrow screens): tokens
// in a column, looks ahead on the right and looks back on the left. So the side of an arc says its direction.

/** A token's place along the line. */
export interface Place {
  /** Middle and length along the line of tokens, CSS pixels. */
  readonly middle: number;
  readonly length: number;
}

/** Tokens and sizes of the whole picture. */
export interface ArcLayout {
  readonly standing: boolean;
  readonly places: readonly Place[];
  readonly width: number;
  readonly height: number;
  /** Where the band of tokens begins and ends across the line. */
  readonly bandStart: number;
  readonly bandEnd: number;
}

/** What a layout is made from. */
export interface ArcSpace {
  /** Widths of the tokens' texts. */
  readonly widths: readonly number[];
  readonly width: number;
  readonly standing: boolean;
}

const padX = 7;
const between = 4;
const lineHeight = 30;
const band = 34;
/** Room for arcs on each side of the tokens. */
const reachLying = 118;

/** Places all tokens. */
export const arcLayout = ({ widths, width, standing }: ArcSpace): ArcLayout => {
  if (standing) {
    const widest =
      Math.min(
        150,
        widths.reduce((most, own) => Math.max(most, own), 24),
      ) +
      2 * padX;
    return {
      standing,
      places: widths.map((_, index) => ({
        middle: (index + 0.5) * lineHeight,
        length: lineHeight - between,
      })),
      ...{ width, height: widths.length * lineHeight },
      bandStart: (width - widest) / 2,
      bandEnd: (width + widest) / 2,
    };
  }
  const lengths = widths.map((own) => Math.max(own + 2 * padX, 26));
  const total = lengths.reduce((sum, own) => sum + own + between, -between);
  let at = Math.max(1, (width - total) / 2);
  const places = lengths.map((length) => {
    const place = { middle: at + length / 2, length };
    at += length + between;
    return place;
  });
  return {
    standing,
    places,
    width: Math.max(width, total + 2),
    height: 2 * reachLying + band,
    bandStart: reachLying,
    bandEnd: reachLying + band,
  };
};

/** SVG path of the arc from one token to another; empty for a token that looks at itself. */
export const arcPath = (layout: ArcLayout, query: number, key: number): string => {
  const [from, to] = [layout.places[query], layout.places[key]];
  if (from === undefined || to === undefined || query === key) return '';
  const { standing, bandStart, bandEnd, width, height, places } = layout;
  const ahead = key > query;
  const distance = Math.abs(to.middle - from.middle);
  const span = Math.max(1, Math.abs((places.at(-1)?.middle ?? 0) - (places[0]?.middle ?? 0)));
  const room = (standing ? width - bandEnd : bandStart) - 6;
  const reach = Math.min(room, 14 + (room - 14) * Math.sqrt(distance / span)) * (4 / 3); // a cubic reaches 3/4 of its handles
  const [start, end] = [from.middle, to.middle];
  if (standing) {
    const x = ahead ? bandEnd + 3 : bandStart - 3;
    const handle = ahead ? Math.min(x + reach, width + reach / 4) : x - reach;
    return `M${x} ${start}C${handle} ${start} ${handle} ${end} ${x} ${end}`;
  }
  const y = ahead ? bandStart - 3 : bandEnd + 3;
  const handle = ahead ? y - reach : Math.min(y + reach, height + reach / 4);
  return `M${start} ${y}C${start} ${handle} ${end} ${handle} ${end} ${y}`;
};
