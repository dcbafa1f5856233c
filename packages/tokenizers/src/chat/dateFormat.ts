// Dates as Python's strftime writes them, in English, as far as chat templates ask for it.

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
];

/** Writes a date in its local time: %Y %y %m %d %H %M %S %B %b %A %a %%; anything else stays. @example dateFormat(new Date(2024, 6, 26), '%d %b %Y'); //=> '26 Jul 2024' */
export function dateFormat(date: Date, format: string): string {
  const two = (number: number): string => String(number).padStart(2, '0');
  const [day = '', month = ''] = [days[date.getDay()], months[date.getMonth()]];
  const written: Readonly<Record<string, string>> = {
    ...{ '%Y': String(date.getFullYear()), '%y': two(date.getFullYear() % 100) },
    ...{ '%m': two(date.getMonth() + 1), '%d': two(date.getDate()) },
    ...{ '%H': two(date.getHours()), '%M': two(date.getMinutes()), '%S': two(date.getSeconds()) },
    ...{ '%B': month, '%b': month.slice(0, 3), '%A': day, '%a': day.slice(0, 3), '%%': '%' },
  };
  return format.replace(/%[YymdHMSBbAa%]/g, (code) => written[code] ?? code);
}
