// What Node does not have: the page's own storage, the Cache API, a dropped File; and what both must do. Shows what it found: for
// browser.test.ts.
import { tensor } from '@heed/tensor';
import {
  baseUrl,
  browserCache,
  cached,
  directoryHandle,
  fromFiles,
  readCheckpoint,
  readNpz,
  readSafetensors,
  saveCheckpoint,
  writeNpz,
  writeSafetensors,
  writeZip,
  zip,
} from '@heed/tensor/io';

/** What the page found. */
export interface BrowserReport {
  readonly storage: readonly unknown[];
  readonly wanted: readonly (readonly [string, unknown])[];
  readonly missing: string;
  readonly cached: readonly [string, string];
  readonly ranges: string;
  readonly chosen: unknown;
  readonly inflated: number;
  readonly npz: unknown;
}

const text = new TextEncoder();
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const weights = new Map([
  ['a', tensor([1, 2])],
  ['b', tensor([3])],
]);

const report = async (): Promise<BrowserReport> => {
  const own = directoryHandle(await navigator.storage.getDirectory());
  await own.write('sub/a.txt', 'größer');
  await saveCheckpoint(own, weights);
  const wanted = await readCheckpoint(own, { wanted: (name) => name === 'b' });
  const missing = await own.read('nothing').catch((error: Error) => error.message);

  const server = baseUrl(`${location.origin}/files`);
  const read = await cached(server, await browserCache('files')).text('word.txt');
  const offline = baseUrl(`${location.origin}/files`, { fetch: () => Promise.reject(new Error('offline')) });
  const again = await cached(offline, await browserCache('files')).text('word.txt');
  const ranges = await server.read('word.txt', {
    ranges: [
      [0, 2],
      [4, 6],
    ],
  });

  const chosen = fromFiles([
    new File([writeSafetensors(weights) as Uint8Array<ArrayBuffer>], 'model.safetensors'),
  ]);
  const stream = new Blob([text.encode('again '.repeat(1000))])
    .stream()
    .pipeThrough(new CompressionStream('deflate-raw'));
  const packed = new Uint8Array(await new Response(stream).arrayBuffer());
  return {
    storage: [
      await own.text('sub/a.txt'),
      await own.has('sub'),
      await own.has('sub/a.txt'),
      await own.has('x/y'),
    ],
    wanted: [...wanted].map(([name, one]) => [name, one.toArray()] as const),
    missing: String(missing),
    cached: [read, again],
    ranges: decode(ranges),
    chosen: readSafetensors(await chosen.read('model.safetensors'))
      .get('a')
      ?.toArray(),
    inflated: (await zip(deflated(packed)).read('words.txt')).length,
    npz: (await readNpz(writeNpz(weights))).get('b')?.toArray(),
  };
};

/** An archive whose one entry is marked as deflated to 6000 bytes. */
const deflated = (packed: Uint8Array): Uint8Array => {
  const bytes = writeZip(new Map([['words.txt', packed]]));
  const view = new DataView(bytes.buffer);
  const checksum = 0x39ef5c5e; // CRC-32 of the 6000 bytes
  for (let at = 0; at + 46 < bytes.length; at++)
    if (view.getUint32(at, true) === 0x02014b50) {
      view.setUint16(at + 10, 8, true);
      view.setUint32(at + 16, checksum, true);
      view.setUint32(at + 24, 6000, true);
    }
  return bytes;
};

report().then(
  (found) => {
    document.body.textContent = JSON.stringify(found);
  },
  (error: unknown) => {
    document.body.textContent = JSON.stringify({ error: String(error) });
  },
);
