// The chat templates and special tokens of a tokenizer_config.json.
import { type JsonValue, parseJson } from '../files/json.ts';

/** How a model wants a conversation written: templates in Jinja by name, and the special tokens that they may use. */
export interface ChatTemplate {
  /** One is `default`; some models have others, such as `tool_use`. */
  readonly templates: Readonly<Record<string, string>>;
  /** Variables of the templates, such as `bos_token`. */
  readonly specialTokens: Readonly<Record<string, string>>;
}

const tokenNames = ['bos', 'eos', 'unk', 'sep', 'pad', 'cls', 'mask'].map((name) => `${name}_token`);

/**
 * Reads a tokenizer_config.json. Newer models keep the template in a file of its own, `chat_template.jinja`: pass its text as
 * `template`. Throws a TokenizerError where there is no template at all.
 *
 * @example readChatTemplate('{ "chat_template": "{{ bos_token }}", "bos_token": "<s>" }').specialTokens; //=> { bos_token: '<s>' }
 */
export function readChatTemplate(config: string, template?: string): ChatTemplate {
  const json = parseJson(config, 'tokenizer_config.json');
  const named = template === undefined ? readTemplates(json.field('chat_template')) : { default: template };
  const tokens = tokenNames.flatMap((name) => {
    const token = json.field(name);
    return token.absent
      ? []
      : [[name, (token.has('content') ? token.field('content') : token).string()] as const];
  });
  return { templates: named, specialTokens: Object.fromEntries(tokens) };
}

// One template, or a list of named ones.
function readTemplates(json: JsonValue): Record<string, string> {
  if (json.absent) return json.refuse('a template, or the text of chat_template.jinja as second argument');
  if (!json.isArray) return { default: json.string() };
  return Object.fromEntries(
    json.items().map((item) => [item.field('name').string(), item.field('template').string()]),
  );
}
