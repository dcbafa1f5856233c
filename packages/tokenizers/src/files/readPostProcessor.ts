// The `post_processor` of a tokenizer.json.
import {
  bertTemplate,
  type PostProcessor,
  plainTemplate,
  robertaTemplate,
  type TemplatePart,
  template,
} from '../postProcessors/template.ts';
import { trimOffsets } from '../postProcessors/trimOffsets.ts';
import { readComponent } from './component.ts';
import type { JsonValue } from './json.ts';

/** Reads a post-processor; an absent one adds nothing. */
export function readPostProcessor(json: JsonValue): PostProcessor {
  if (json.absent) return plainTemplate();
  return readComponent(json, 'post-processor', {
    TemplateProcessing: () => readTemplate(json),
    RobertaProcessing: () =>
      readTrim(json, robertaTemplate(readNamedId(json.field('cls')), readNamedId(json.field('sep')))),
    ByteLevel: () => readTrim(json, plainTemplate()),
    Sequence: (parts) => readSequence(parts('processors')),
    BertProcessing: () => bertTemplate(readNamedId(json.field('cls')), readNamedId(json.field('sep'))),
  });
}

function readTrim(json: JsonValue, inner: PostProcessor): PostProcessor {
  if (!json.field('trim_offsets').boolean(true)) return inner;
  return trimOffsets(inner, { addPrefixSpace: json.field('add_prefix_space').boolean(true) });
}

// Trimming touches the texts' own tokens only, so its place among the others does not matter.
function readSequence(parts: readonly JsonValue[]): PostProcessor {
  const isTrim = (part: JsonValue): boolean => part.field('type').string() === 'ByteLevel';
  const [arranging, another] = parts.filter((part) => !isTrim(part));
  another?.refuse('one post-processor that adds tokens, and any number of ByteLevel');
  return parts
    .filter(isTrim)
    .reduceRight<PostProcessor>(
      (inner, part) => readTrim(part, inner),
      arranging === undefined ? plainTemplate() : readPostProcessor(arranging),
    );
}

function readTemplate(json: JsonValue): PostProcessor {
  const special = json.field('special_tokens');
  const parts = (name: string): TemplatePart[] =>
    json
      .field(name)
      .items()
      .map((part) => readPart(part, special));
  return template(parts('single'), parts('pair'));
}

function readPart(json: JsonValue, special: JsonValue): TemplatePart {
  if (json.has('Sequence')) {
    const sequence = json.field('Sequence');
    const text = sequence.field('id').oneOf(['A', 'B'] as const) === 'A' ? 'first' : 'second';
    return { kind: 'text', text, typeId: sequence.field('type_id').integer() };
  }
  if (!json.has('SpecialToken')) return json.refuse('{"Sequence": …} or {"SpecialToken": …}');
  const token = json.field('SpecialToken');
  const name = token.field('id').string();
  if (special.absent || !special.has(name)) return token.field('id').refuse('a name that special_tokens has');
  const ids = special
    .field(name)
    .field('ids')
    .items()
    .map((id) => id.integer());
  const tokens = special
    .field(name)
    .field('tokens')
    .items()
    .map((item) => item.string());
  if (ids.length !== tokens.length) special.field(name).refuse('as many ids as tokens');
  return { kind: 'special', ids, tokens, typeId: token.field('type_id').integer() };
}

function readNamedId(json: JsonValue): { id: number; token: string } {
  const [token, id, more] = json.items();
  if (token === undefined || id === undefined || more !== undefined) return json.refuse('[token, id]');
  return { token: token.string(), id: id.integer() };
}
