// Runs a template within bounds. The language is `@huggingface/jinja`'s; here is what keeps a hostile template from running on, and what
// the original does otherwise.
import { Environment, Interpreter, parse, tokenize } from '@huggingface/jinja';
import { TokenizerError } from '../tokenizerError.ts';
import { Budget, lengthOf, type Value } from './budget.ts';

// A template of more characters than this is no template; the largest published ones have some 20 000.
const longestTemplate = 2 ** 20;

interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

interface Running {
  evaluate(node: Node | undefined, environment: Environment): Value;
}

/** The text that a template gives for these variables. Throws a TokenizerError for everything that goes wrong. */
export function renderTemplate(source: string, variables: Readonly<Record<string, unknown>>): string {
  if (source.length > longestTemplate) {
    throw new TokenizerError(
      'chat template',
      `a template of ${source.length} characters was given; at most ${longestTemplate} are supported. Use the model's own.`,
    );
  }
  const budget = new Budget();
  try {
    const program = parse(tokenize(source, { lstrip_blocks: true, trim_blocks: true }));
    const interpreter = bounded(new Interpreter(environmentOf(variables, budget)), budget);
    return String((interpreter.run(program) as { value: unknown }).value);
  } catch (error) {
    if (error instanceof TokenizerError) throw error;
    throw new TokenizerError(
      'chat template',
      `${error instanceof Error ? error.message : String(error)}. Correct the conversation or the template.`,
    );
  }
}

function environmentOf(variables: Readonly<Record<string, unknown>>, budget: Budget): Environment {
  const environment = new Environment();
  const all = {
    ...{ true: true, True: true, false: false, False: false, none: null, None: null },
    raise_exception: (message: unknown) => {
      throw new TokenizerError('chat template', `the template refuses: ${String(message)}`);
    },
    range: (start: unknown, stop?: unknown, step?: unknown) => budget.range(start, stop, step),
    ...variables,
  };
  for (const [name, value] of Object.entries(all)) environment.set(name, value);
  return environment;
}

// Every step passes through `evaluate`, which counts it, looks at the result, and does some steps as the original does.
function bounded(interpreter: Interpreter, budget: Budget): Interpreter {
  const running = interpreter as unknown as Running;
  const evaluate = running.evaluate.bind(interpreter);
  // What loops run over, where each item is a step, and what filters go through, where ten items are one.
  const iterated = new WeakSet<object>();
  const sieved = new WeakSet<object>();
  running.evaluate = (node, environment) => {
    budget.step();
    if (node?.type === 'For') for (const one of iterables(node)) iterated.add(one);
    if (node?.type === 'FilterExpression' && !atOnce(node)) sieved.add(node.operand as Node);
    const value = node === undefined ? undefined : corrected(node, environment, { evaluate }); // parts of a slice may be left out
    const checked = budget.check(value ?? evaluate(node, environment));
    if (node !== undefined && iterated.has(node)) budget.step(lengthOf(checked));
    if (node !== undefined && sieved.has(node) && typeof checked.value !== 'string')
      budget.step(lengthOf(checked) / 10);
    return checked;
  };
  const corrected = (
    node: Node,
    environment: Environment,
    { evaluate: plain }: Running,
  ): Value | undefined => {
    if (node.type === 'CallExpression') return stripped(node, environment, running);
    if (node.type === 'FilterExpression') return filtered(node, environment, running);
    if (node.type !== 'BinaryExpression' || (node.operator as Value).value !== '+') return undefined;
    const scope = new Environment(environment);
    const sides = (['left', 'right'] as const).map((side) => {
      const value = running.evaluate(node[side] as Node, environment);
      scope.setVariable(`+${side}`, value as never);
      return value.type;
    });
    // Python joins strings with strings only.
    if (sides.includes('StringValue') && sides[0] !== sides[1])
      throw new TypeError(`cannot concatenate ${sides.join(' and ')}`);
    const [left, right] = ['+left', '+right'].map((value) => ({ type: 'Identifier', value }));
    return plain({ ...node, left, right }, scope);
  };
  return interpreter;
}

// Filters that take no longer for a longer list.
function atOnce({ filter }: Node): boolean {
  return /^(?:length|count|first|last|list)$/.test(String((filter as Value).value));
}

// The expression that a loop runs over, and what it selects from if it has a condition.
function iterables({ iterable }: Node): object[] {
  const expression = iterable as Node & { readonly lhs?: object };
  return expression.lhs === undefined ? [expression] : [expression, expression.lhs];
}

// strip, lstrip and rstrip take off the characters that they are given; the library takes off blanks only.
function stripped(node: Node, environment: Environment, running: Running): Value | undefined {
  const callee = node.callee as Node;
  const [characters, more] = node.args as Node[];
  if (callee.type !== 'MemberExpression' || callee.computed === true) return undefined;
  const name = (callee.property as Value).value;
  if (characters === undefined || more !== undefined) return undefined;
  if (name !== 'strip' && name !== 'lstrip' && name !== 'rstrip') return undefined;
  const text = running.evaluate(callee.object as Node, environment).value;
  const given = running.evaluate(characters, environment).value;
  if (typeof text !== 'string' || typeof given !== 'string') throw new TypeError(`${name} is for strings`);
  const taken = new Set(given);
  const all = [...text];
  let [start, end] = [0, all.length];
  if (name !== 'rstrip') while (start < end && taken.has(all[start] ?? '')) start += 1;
  if (name !== 'lstrip') while (end > start && taken.has(all[end - 1] ?? '')) end -= 1;
  return made(all.slice(start, end).join(''));
}

const entities: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' },
};

// The filter e, also called escape, which the library lacks; and lists as strings, which it writes otherwise than Python.
function filtered(node: Node, environment: Environment, running: Running): Value | undefined {
  const filter = node.filter as Value & Node;
  if (filter.type !== 'Identifier' || !/^(?:e|escape|string)$/.test(String(filter.value))) return undefined;
  const { value } = running.evaluate(node.operand as Node, environment);
  if (typeof value === 'string')
    return made(
      filter.value === 'string'
        ? value
        : value.replace(/[&<>"']/g, (character) => entities[character] ?? character),
    );
  if (filter.value === 'string' && (typeof value !== 'object' || value === null)) return undefined;
  throw new TypeError(`the filter ${String(filter.value)} is for texts here`);
}

function made(value: unknown): Value {
  return new Environment().set('value', value) as unknown as Value;
}
