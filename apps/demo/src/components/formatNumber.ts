// Numbers as the page writes them: two significant digits, a thin space before the unit, the true minus sign.

const minus = (text: string): string => text.replace('-', '−');

/** A share 0 … 1 in per cent: '34 %', '4.1 %', '<1 %'. */
export const percent = (share: number): string => {
  const value = 100 * share;
  if (value > 0 && value < 0.5) return '<1\u202f%';
  return minus(
    `${value < 9.95 && value > 0 && value % 1 !== 0 ? value.toFixed(1).replace(/\.0$/, '') : Math.round(value)}\u202f%`,
  );
};

/** Two digits behind the point, as for cosines and losses. */
export const fixed = (value: number, digits = 2): string => minus(value.toFixed(digits));

/** At least two significant digits, never an exponent: '0.0030', '1.2', '340'. */
export const significant = (value: number): string =>
  value === 0 ? '0' : minus(value.toFixed(Math.max(0, 1 - Math.floor(Math.log10(Math.abs(value))))));

/** Bytes: '28 MB', '640 kB', '9.9 TB'. */
export const bytes = (count: number): string =>
  count >= 1e12
    ? `${(count / 1e12).toFixed(1)}\u202fTB`
    : count >= 1e9
      ? `${(count / 1e9).toFixed(1)}\u202fGB`
      : count >= 1e6
        ? `${Math.round(count / 1e6)}\u202fMB`
        : `${Math.ceil(count / 1e3)}\u202fkB`;

/** A count with spaces between thousands: '123 456'. */
export const grouped = (count: number): string =>
  Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, '\u202f');

/** A time: '85 ms', '2.4 s', '1 min 12 s'. */
export const duration = (milliseconds: number): string => {
  if (milliseconds < 1000)
    return `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)}\u202fms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)}\u202fs`;
  return `${Math.floor(seconds / 60)}\u202fmin ${Math.floor(seconds % 60)}\u202fs`;
};

const superscript = (exponent: number): string =>
  String(exponent).replace(/[-\d]/g, (sign) => (sign === '-' ? '⁻' : ('⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(sign)] ?? '')));

/** A power of ten as an axis writes it: '10⁻³', '1', '10⁶'. */
export const powerOfTen = (value: number): string => {
  const exponent = Math.round(Math.log10(value));
  return exponent === 0 ? '1' : `10${superscript(exponent)}`;
};

/** A size of any order in at most six characters: '0.78', '45', '2×10⁻⁶', '0', '∞'. */
export const magnitude = (value: number): string => {
  const size = Math.abs(value);
  if (size === Infinity) return value < 0 ? '−∞' : '∞';
  if (value === 0 || (size >= 0.0095 && size < 9950)) return significant(Number(value.toPrecision(2)));
  const [digit = '', exponent = ''] = value.toExponential(0).split('e');
  const power = `10${superscript(Number(exponent))}`;
  return minus(digit === '1' ? power : `${digit}×${power}`);
};

const prefixes = ['', 'k', 'M', 'G', 'T', 'P', 'E'];

/** A large count with a prefix of thousands, for a unit to follow: '825 G', '1.3 T', '640 '. */
export const quantity = (count: number): string => {
  const power = Math.max(0, Math.min(prefixes.length - 1, Math.floor(Math.log10(Math.max(count, 1)) / 3)));
  const value = count / 1000 ** power;
  return `${value < 9.95 && value % 1 !== 0 ? value.toFixed(1) : Math.round(value)}\u202f${prefixes[power]}`;
};
