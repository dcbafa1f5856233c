// A conversation as the text that a model was trained on.
import { TokenizerError } from '../tokenizerError.ts';
import { dateFormat } from './dateFormat.ts';
import type { ChatTemplate } from './readChatTemplate.ts';
import { renderTemplate } from './renderTemplate.ts';

/** A message; templates may use further fields, such as `tool_calls`. */
export interface ChatMessage {
  /** `user`, `assistant`, `system`, `tool` … */
  readonly role: string;
  /** The text, or its parts where a model takes images. */
  readonly content?: unknown;
  readonly [field: string]: unknown;
}

/** How to apply a chat template. */
export interface ChatTemplateOptions {
  /** Whether the text ends with the beginning of an answer, for generation. Default false. */
  addGenerationPrompt?: boolean;
  /** Whether the text ends with the last message, open for the model to go on with it. Default false. */
  continueFinalMessage?: boolean;
  /** Tools that the model may call, as JSON schemas of functions. Default: none. */
  tools?: readonly unknown[];
  /** Documents for models that answer from them. Default: none. */
  documents?: readonly unknown[];
  /** Which of several templates. Default: `tool_use` where there are tools and such a template, else `default`. */
  name?: string;
  /** What the function `strftime_now` of a template tells. Default: templates find no such function, and take the date that they have. */
  date?: Date;
  /** Further variables, such as `enable_thinking`. */
  variables?: Readonly<Record<string, unknown>>;
}

/**
 * Writes a conversation by a template, as `apply_chat_template` of transformers does. The text has its special tokens in it: encode it
 * with `addSpecialTokens: false`.
 *
 * A template is a program: one that takes more than 300 000 steps, needs more than 2²³ characters, or asks for what it must not is a
 * TokenizerError, as is what the template itself refuses (`raise_exception`) and what `@huggingface/jinja` cannot do.
 *
 * @example applyChatTemplate(readChatTemplate(config), [{ role: 'user', content: 'Hi' }], { addGenerationPrompt: true })
 */
export function applyChatTemplate(
  template: ChatTemplate,
  messages: readonly ChatMessage[],
  options: ChatTemplateOptions = {},
): string {
  checkMessages(messages);
  const { addGenerationPrompt = false, continueFinalMessage = false, tools, documents, date } = options;
  if (addGenerationPrompt && continueFinalMessage) {
    throw new TokenizerError(
      'applyChatTemplate',
      'addGenerationPrompt and continueFinalMessage were given; expected one of them, since the text ends either with a new answer or with the last message. Leave one out.',
    );
  }
  const text = renderTemplate(sourceOf(template, options), {
    ...template.specialTokens,
    ...{ messages, tools: tools ?? null, documents: documents ?? null },
    add_generation_prompt: addGenerationPrompt,
    ...(date === undefined ? {} : { strftime_now: (format: string) => dateFormat(date, format) }),
    ...options.variables,
  });
  return continueFinalMessage ? upToFinalMessage(text, messages) : text;
}

function checkMessages(messages: readonly ChatMessage[]): void {
  const isMessage = (message: unknown): boolean =>
    typeof message === 'object' && message !== null && typeof (message as ChatMessage).role === 'string';
  if (Array.isArray(messages) && messages.every(isMessage)) return;
  throw new TokenizerError(
    'applyChatTemplate',
    `${Array.isArray(messages) ? `message ${messages.findIndex((message) => !isMessage(message))}` : 'what was given as messages'} is not { role, content }; expected a list of messages, each with a role. Pass [{ role: 'user', content: '…' }].`,
  );
}

function sourceOf({ templates }: ChatTemplate, { name, tools }: ChatTemplateOptions): string {
  const chosen =
    name ?? (tools !== undefined && Object.hasOwn(templates, 'tool_use') ? 'tool_use' : 'default');
  const source = Object.hasOwn(templates, chosen) ? templates[chosen] : undefined;
  if (source !== undefined) return source;
  throw new TokenizerError(
    'applyChatTemplate',
    `the template ${JSON.stringify(chosen)} was asked for; there are ${Object.keys(templates).join(', ')}. Give one of these as name.`,
  );
}

// The text up to the end of the last message, without what closes it; blanks at its ends count where the template kept them
// (`render_jinja_template` in transformers utils/chat_template_utils.py).
function upToFinalMessage(text: string, messages: readonly ChatMessage[]): string {
  const content = textOf(messages.at(-1)?.content);
  const place = content === undefined ? -1 : text.lastIndexOf(content.trim());
  if (content === undefined || place < 0) {
    throw new TokenizerError(
      'applyChatTemplate',
      'continueFinalMessage was given, but the text does not have the last message in it as it is. Leave it out, or use another template.',
    );
  }
  const open = content.trimStart();
  return text.slice(0, place + (text.startsWith(open, place) ? open : content.trim()).length);
}

function textOf(content: unknown): string | undefined {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return undefined;
  const part: unknown = content.findLast(
    (one) => typeof (one as { text?: unknown } | null)?.text === 'string',
  );
  return (part as { text: string } | undefined)?.text;
}
