// The code blocks of a README as modules that check themselves. Runs nothing: the test imports what this writes.
import { parseCode, type SyntaxNode, walk } from './parseModule.ts';

/** One ```ts block. */
export interface Block {
  readonly code: string;
  /** Of its first code line in the README, from 1. */
  readonly line: number;
}

/** All blocks fenced as `ts`, in order. Other languages (`sh`, `js`, `text`, …) are shown, not run. */
export const readmeBlocks = (markdown: string): Block[] => {
  const blocks: Block[] = [];
  for (const match of markdown.matchAll(/^```ts[^\S\n]*\n([\s\S]*?)^```[^\S\n]*$/gm)) {
    const line = markdown.slice(0, match.index).split('\n').length + 1;
    blocks.push({ code: match[1] ?? '', line });
  }
  return blocks;
};

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A statement with the value that the comment behind it promises. */
interface Promised {
  readonly statement: SyntaxNode;
  readonly expected: string;
  readonly line: number;
}

const promises = (block: Block, name: string): Promised[] => {
  const { body, comments } = parseCode(name, block.code);
  return comments
    .filter((comment) => comment.type === 'Line' && comment.value.startsWith('=>'))
    .map((comment) => {
      const line = block.line + block.code.slice(0, comment.start).split('\n').length - 1;
      let statement: SyntaxNode | undefined;
      for (const top of body) {
        walk(top, (node) => {
          const behind = block.code.slice(node.end, comment.start);
          const known = node.type === 'ExpressionStatement' || node.type === 'VariableDeclaration';
          if (known && node.end <= comment.start && /^[^\S\n]*$/.test(behind)) statement = node;
        });
      }
      if (statement === undefined) {
        throw new Error(`${name}:${line}: a //=> stands behind an expression or a const, on its last line`);
      }
      return { statement, expected: comment.value.slice(2).trim(), line };
    });
};

const edit = (block: Block, { statement, expected, line }: Promised): Edit => {
  const of = (node: SyntaxNode): string => block.code.slice(node.start, node.end);
  const rest = `${JSON.stringify(expected)}, ${line}`;
  if (statement.type === 'VariableDeclaration') {
    const declared = (statement.declarations as SyntaxNode[]).at(-1)?.id as SyntaxNode;
    return { start: statement.end, end: statement.end, text: ` __check(${of(declared)}, ${rest});` };
  }
  const expression = statement.expression as SyntaxNode;
  const printed =
    expression.type === 'CallExpression' && of(expression.callee as SyntaxNode) === 'console.log';
  const value = printed ? (expression.arguments as SyntaxNode[])[0] : expression;
  if (value === undefined)
    throw new Error(`line ${line}: console.log prints nothing, yet a value is promised`);
  return { start: statement.start, end: statement.end, text: `__check(${of(value)}, ${rest});` };
};

/**
 * The block as a module that imports `agree` from `checker` and calls it with every value that a `//=>` comment promises.
 *
 * @param name of the README, for messages.
 * @param checker module specifier of agree.ts.
 */
export const checkedModule = (block: Block, name: string, checker: string): string => {
  const edits = promises(block, name)
    .map((promise) => edit(block, promise))
    .sort((a, b) => b.start - a.start);
  let code = block.code;
  for (const { start, end, text } of edits) code = code.slice(0, start) + text + code.slice(end);
  return `import { agree as __check } from ${JSON.stringify(checker)};\n${code}\nexport {};\n`;
};
