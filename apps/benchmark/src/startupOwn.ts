// Entry of a process of the suite `startup`: from the import of our packages to the first embedding.

const [, , folder = '', text = ''] = process.argv;
const start = performance.now();
const [{ pipeline }, { directory }] = await Promise.all([
  import('@heed/models-bert'),
  import('@heed/tensor/io'),
]);
const extract = await pipeline('feature-extraction', directory(folder));
const { embedding } = extract(text);
const milliseconds = performance.now() - start;
process.send?.({ milliseconds, embedding: [...embedding] }, () => process.exit(0));
