// Takes the small goldens of this folder out of the workshop's data folder: node test/golden/select.mjs PATH_OF_SHARED
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

const from = path.join(process.argv[2], 'data/tokenizers');
const here = import.meta.dirname;
const read = (name) => {
  const bytes = readFileSync(path.join(from, name));
  return JSON.parse(name.endsWith('.gz') ? gunzipSync(bytes) : bytes);
};
const write = (name, value) => writeFileSync(path.join(here, name), gzipSync(JSON.stringify(value), { level: 9 }));
// Every n-th case, so that all categories of texts are met.
const some = (cases, count) => cases.filter((_, index) => index % Math.max(1, Math.floor(cases.length / count)) === 0);

const components = [];
for (const group of readdirSync(path.join(from, 'components'))) {
  for (const name of readdirSync(path.join(from, 'components', group))) {
    const file = read(`components/${group}/${name}`);
    if (name.includes('special-encode_special_tokens')) continue;
    // The compiled maps of two of the four precompiled normalizers would be half of this folder.
    if (/precompiled-(nfkc|nmt_nfkc)\.json|nfkc_cf|sequence-albert/.test(name)) continue;
    components.push({ ...file, cases: some(file.cases, 6) });
  }
}
write('components.json.gz', components);

const bert = read('bert-base-uncased/expected.json.gz');
write('bert-base-uncased.json.gz', {
  tokenizer: read('bert-base-uncased/tokenizer.json'),
  ...Object.fromEntries(['encode', 'pairs', 'truncation', 'decode'].map((kind) => [kind, some(bert[kind], 60)])),
});
write('bert-batches.json.gz', {
  truncation: some(bert.truncation, 60),
  decode: bert.decode.filter((given) => given.text_skip_cleaned !== undefined),
  decode_stream: some(bert.decode_stream, 60),
  ...{ padding: bert.padding, lookups: bert.lookups },
});
write('use-lite.json.gz', { vocab: read('use-lite/vocab.json'), encode: read('use-lite/expected.json.gz').encode });

// Trainings on the first lines of the corpus, those lines, and what came of them.
const trainings = ['bpe-char-600', 'wordpiece-small', 'wordlevel-all', 'unigram-1000-small'].map((name) => {
  const { stability, ...training } = read(`trainers/${name}.json.gz`);
  return training;
});
const corpus = gunzipSync(readFileSync(path.join(from, 'trainers/corpus.txt.gz'))).toString('utf8');
write('trainings.json.gz', { lines: corpus.split('\n').slice(0, 1500), trainings });
