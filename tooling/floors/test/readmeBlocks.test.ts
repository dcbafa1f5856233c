import { describe, expect, it } from 'vitest';
import { checkedModule, readmeBlocks } from '../src/readmeBlocks.ts';

const fence = '```';
const checked = (code: string): string => checkedModule({ code, line: 10 }, 'README.md', './agree.ts');

describe('README blocks', () => {
  it('are those fenced as ts, with their line', () => {
    const markdown = `# a\n${fence}ts\none();\n${fence}\ntext\n${fence}sh\nls\n${fence}\n${fence}ts\ntwo();\n${fence}\n`;
    expect(readmeBlocks(markdown)).toEqual([
      { code: 'one();\n', line: 3 },
      { code: 'two();\n', line: 10 },
    ]);
  });
  it('check the value of an expression, of what is printed, and of a const', () => {
    expect(checked('f(1); //=> 2')).toContain('__check(f(1), "2", 10);');
    expect(checked('\nconsole.log(f(\n1)); //=> 2')).toContain('__check(f(\n1), "2", 12);');
    expect(checked('const x = f(1); //=> 2')).toContain('const x = f(1); __check(x, "2", 10);');
  });
  it('check inside a block too', () => {
    expect(checked('for (const x of y) {\n  x; //=> 2\n}')).toContain('  __check(x, "2", 11);');
  });
  it('refuse a promise with nothing before it', () => {
    expect(() => checked('//=> 2')).toThrow('README.md:10');
  });
});
