// What the suite `tokenizers` encodes: documents of 2000 characters from textbooks, and a made vocabulary as large as the largest published.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Characters of a document. */
const documentLength = 2000;

/** A file of ../shared as text; `.gz` is unpacked. */
export const sharedText = (shared: string, file: string): string => {
  const bytes = readFileSync(path.join(shared, 'data', file));
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
};

/** The documents, some 9700, no two alike: OpenStax (CC BY 4.0), the last column of its tables. */
export const textbookDocuments = (shared: string): string[] => {
  const documents: string[] = [];
  for (const line of sharedText(shared, 'corpora/openstax/train.tsv.gz').split('\n')) {
    const text = (line.split('\t')[4] ?? '').replaceAll(' ¶ ', '\n');
    for (let at = 0; at + documentLength <= text.length; at += documentLength)
      documents.push(text.slice(at, at + documentLength));
  }
  return documents;
};

/** A tokenizer.json of XLM-R's form and size: Unigram, `count` pieces, which are parts of words of the documents, by their counts. */
export const largeUnigram = (documents: readonly string[], count: number): string => {
  const counts = new Map<string, number>();
  for (const word of documents.join(' ').split(/\s+/))
    for (let end = 1; end <= Math.min(word.length, 12); end++)
      for (let start = 0; start < end; start += 1 + (start >> 1)) {
        const piece = start === 0 ? `▁${word.slice(0, end)}` : word.slice(start, end);
        counts.set(piece, (counts.get(piece) ?? 0) + 1);
      }
  const ranked = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, count - 1);
  if (ranked.length < count - 1) throw new Error(`tokenizers: the texts have ${ranked.length} pieces only.`);
  const total = ranked.reduce((sum, [, times]) => sum + times, 0);
  const vocab = [['<unk>', 0], ...ranked.map(([piece, times]) => [piece, Math.log(times / total)])];
  return JSON.stringify({
    version: '1.0',
    ...{ truncation: null, padding: null, added_tokens: [], normalizer: null },
    pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
    post_processor: null,
    decoder: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
    model: { type: 'Unigram', unk_id: 0, vocab, byte_fallback: false },
  });
};
