// Conversations by templates: the text of the original, or a refusal; and templates that would not end.
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  applyChatTemplate,
  type ChatMessage,
  type ChatTemplateOptions,
  readChatTemplate,
} from '../../src/chat/index.ts';
import { readVocabText, TokenizerError } from '../../src/index.ts';
import { readJson } from '../goldenCases.ts';

interface Case {
  template: string;
  conversation: string;
  messages: ChatMessage[];
  kwargs?: { tools?: unknown[]; enable_thinking?: boolean; date_string?: string };
  add_generation_prompt?: boolean;
  continue_final_message?: boolean;
  bos_token?: string;
  eos_token?: string;
  rendered?: string;
  error?: string;
}

const golden = readJson<{ templates: Record<string, string>; cases: Case[] }>(
  path.join(import.meta.dirname, '../golden/chat.json.gz'),
);

function rendered(given: Case): string {
  const { tools, ...variables } = given.kwargs ?? {};
  const options: ChatTemplateOptions = {
    addGenerationPrompt: given.add_generation_prompt ?? false,
    continueFinalMessage: given.continue_final_message ?? false,
    ...(tools === undefined ? {} : { tools }),
    variables,
  };
  const template = {
    templates: { default: golden.templates[given.template] ?? '' },
    specialTokens: { bos_token: given.bos_token ?? '', eos_token: given.eos_token ?? '' },
  };
  return applyChatTemplate(template, given.messages, options);
}

const template = (text: string, more: Record<string, unknown> = {}) =>
  readChatTemplate(JSON.stringify({ chat_template: text, ...more }));
const hi: ChatMessage[] = [{ role: 'user', content: 'Hi' }];

// What Python prints of lists and of pairs in order, and filters that the library lacks.
const mayRefuse = (given: Case): boolean =>
  given.template === 'filters-tests' ||
  (given.conversation === 'parts' && given.rendered?.includes("[{'type'") === true) ||
  (given.template === 'llama3-tools-macro' && (given.kwargs?.tools?.length ?? 0) > 0);

function renderedOrRefused(given: Case): string {
  try {
    return rendered(given);
  } catch (error) {
    if (error instanceof TokenizerError) return 'refused';
    throw error;
  }
}

describe.each(Object.keys(golden.templates))('the template %s', (name) => {
  const cases = golden.cases.filter((one) => one.template === name);

  test('gives the text of the original, or refuses where the original does', () => {
    expect(cases.length).toBeGreaterThan(10);
    const texts = cases.filter((one) => one.rendered !== undefined && !mayRefuse(one));
    for (const one of texts) expect(rendered(one)).toBe(one.rendered);
    for (const one of cases.filter((given) => given.rendered === undefined))
      expect(() => rendered(one)).toThrow(TokenizerError);
    for (const one of cases.filter(mayRefuse))
      expect([one.rendered, 'refused']).toContain(renderedOrRefused(one));
  });
});

describe('a template that is a trap', () => {
  test.each([
    ['endless recursion', '{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}', /./],
    ['a huge range', '{% for i in range(1000000000) %}x{% endfor %}', /range of 1000000000 numbers/],
    ['a range without end', '{{ range(1, 2, 0) | list }}', /step other than 0/],
    ['a range of nothing', "{{ range('a') | list }}", /expected whole numbers/],
    [
      'loops in loops',
      '{% for i in range(9999) %}{% for j in range(9999) %}{{ i }}{% endfor %}{% endfor %}',
      /more than 300000 steps/,
    ],
    [
      'empty loops in loops',
      '{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}',
      /more than 300000 steps/,
    ],
    [
      'filters over long lists',
      '{% set l = range(99999) | list %}{% for i in range(9999) %}{% set t = l | unique | length %}{% endfor %}',
      /more than 300000 steps/,
    ],
    [
      'a string that doubles',
      "{% set n = namespace(s='x') %}{% for i in range(60) %}{% set n.s = n.s + n.s %}{% endfor %}{{ n.s }}",
      /more than 8388608 characters/,
    ],
    [
      'many long strings',
      "{% set n = namespace(s='x') %}{% for i in range(22) %}{% set n.s = n.s ~ n.s %}{% endfor %}{% for i in range(9999) %}{% set t = n.s | upper %}{% endfor %}",
      /handles more than 134217728 characters/,
    ],
    [
      'a list that doubles',
      '{% set n = namespace(s=[1]) %}{% for i in range(60) %}{% set n.s = [n.s, n.s] %}{% endfor %}{{ n.s | tojson }}',
      /more than 8388608 characters/,
    ],
    ['a list that is in itself', '{% set n = namespace() %}{% set n.a = n %}{{ n | tojson }}', /./],
    ['deep brackets', `{{ ${'('.repeat(50_000)}1${')'.repeat(50_000)} }}`, /./],
    ['a long text', 'x'.repeat(2 ** 20 + 1), /at most 1048576 are supported/],
    ['what is not Jinja', '{% for %}', /./],
  ])('is refused: %s', { timeout: 20_000 }, (_, text, message) => {
    expect(() => applyChatTemplate(template(text), hi)).toThrow(TokenizerError);
    expect(() => applyChatTemplate(template(text), hi)).toThrow(message);
  });

  test('says what the template itself refuses', () => {
    const alternating = template("{{ raise_exception('roles must alternate') }}");
    expect(() => applyChatTemplate(alternating, hi)).toThrow(
      'chat template: the template refuses: roles must alternate',
    );
  });

  test('no bound is near what a long conversation takes', { timeout: 20_000 }, () => {
    const long = Array.from({ length: 1000 }, (_, k) => ({
      role: k % 2 === 0 ? 'user' : 'assistant',
      content: 'word '.repeat(200),
    }));
    const text = applyChatTemplate(template(golden.templates['qwen-tools'] ?? ''), long);
    expect(text.length).toBeGreaterThan(900_000);
  });
});

describe('tokenizer_config.json', () => {
  test('gives special tokens as strings or as objects, and one template or several', () => {
    const config = {
      ...{ bos_token: '<s>', eos_token: { content: '</s>', lstrip: false }, pad_token: null },
      chat_template: [
        { name: 'default', template: '{{ bos_token }}{{ messages[0].content }}{{ eos_token }}' },
        { name: 'tool_use', template: '{{ tools | length }} tools' },
      ],
    };
    const read = readChatTemplate(JSON.stringify(config));
    expect(read.specialTokens).toEqual({ bos_token: '<s>', eos_token: '</s>' });
    expect(applyChatTemplate(read, hi)).toBe('<s>Hi</s>');
    expect(applyChatTemplate(read, hi, { tools: [{}, {}] })).toBe('2 tools');
    expect(applyChatTemplate(read, hi, { tools: [{}, {}], name: 'default' })).toBe('<s>Hi</s>');
    expect(() => applyChatTemplate(read, hi, { name: 'rag' })).toThrow(
      'applyChatTemplate: the template "rag" was asked for; there are default, tool_use.',
    );
  });

  test('without a template is refused, unless its file is given', () => {
    expect(() => readChatTemplate('{}')).toThrow('tokenizer_config.json: chat_template: nothing was given');
    expect(applyChatTemplate(readChatTemplate('{}', '{{ messages[0].role }}'), hi)).toBe('user');
  });

  test('a date is told only where one is given', () => {
    const dated = template("{{ strftime_now('%d %b %Y, %A') if strftime_now is defined else 'no date' }}");
    expect(applyChatTemplate(dated, hi)).toBe('no date');
    expect(applyChatTemplate(dated, hi, { date: new Date(2024, 6, 26) })).toBe('26 Jul 2024, Friday');
  });
});

test('strip takes off the characters that it is given, as in Python', () => {
  const stripping = template(
    "{{ messages[0].content.lstrip('\\n') }}|{{ messages[0].content.rstrip('b\\n') }}|{{ messages[0].content.strip() }}",
  );
  expect(applyChatTemplate(stripping, [{ role: 'user', content: '\n  ab\n' }])).toBe('  ab\n|\n  a|ab');
});

test('messages that are none are refused by name', () => {
  expect(() => applyChatTemplate(template('x'), 'Hi' as never)).toThrow(/what was given as messages is not/);
  expect(() => applyChatTemplate(template('x'), [...hi, {} as never])).toThrow(/message 1 is not/);
  expect(() =>
    applyChatTemplate(template('x'), hi, { addGenerationPrompt: true, continueFinalMessage: true }),
  ).toThrow(/expected one of them/);
  expect(() => applyChatTemplate(template('x'), hi, { continueFinalMessage: true })).toThrow(
    /does not have the last message/,
  );
});

test('the text encodes with its special tokens in it', () => {
  const tokenizer = readVocabText('[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nhi');
  const text = applyChatTemplate(
    template('{{ cls_token }}{{ messages[0].content }}', { cls_token: '[CLS]' }),
    hi,
  );
  expect(tokenizer.encode(text, { addSpecialTokens: false }).tokens).toEqual(['[CLS]', 'hi']);
});
