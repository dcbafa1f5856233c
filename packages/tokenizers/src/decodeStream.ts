// Decoding while a model still generates. What a decoder does is in `decoders/`; this knows when its text is settled.
import type { Decoder } from './decoders/decoder.ts';

// A character is whole after four bytes, so after more tokens without text only one that has a text of its own can settle
// anything; asking every time would take long for long runs of broken bytes.
const patience = 8;

const byteToken = /^<0x[0-9A-Fa-f]{2}>$/;

/**
 * Gives the text of ids that come one by one. Put together, the parts are the text of all ids at once, and no part ends
 * within a character: bytes wait for the rest of theirs. Decoders that look at the text as a whole (`settlesLate`) give
 * everything at the end.
 *
 * One text is not that of all ids at once: where byte tokens (`<0xE4>`) spell characters and then, in the same run, something
 * that is not UTF-8. `decode` makes U+FFFD of the whole run; here its characters were given already, and only what comes after
 * them becomes U+FFFD.
 *
 * Made by `Tokenizer.decodeStream`. Time: a few tokens an id.
 */
export class DecodeStream {
  readonly #decoder: Decoder;
  readonly #token: (id: number) => string | undefined;
  readonly #readsBytes: boolean;
  // The tokens that matter still; those before `fresh` only set the scene. `#given` is what of their text was given.
  #tokens: string[] = [];
  #fresh = 0;
  #given = '';
  // How many byte tokens came in a row without settling.
  #bytes = 0;

  /** Use `Tokenizer.decodeStream`. */
  constructor(decoder: Decoder, token: (id: number) => string | undefined) {
    this.#decoder = decoder;
    this.#token = token;
    this.#readsBytes = decoder(['<0x41>']).join('') === 'A';
  }

  /** Takes an id; gives the text that is settled by it, often its own, possibly empty. Ids that no token has give nothing. */
  push(id: number): string {
    const token = this.#token(id);
    if (token === undefined) return '';
    this.#tokens.push(token);
    if (this.#decoder.settlesLate === true) return '';
    const isByte = this.#readsBytes && byteToken.test(token);
    this.#bytes = isByte ? this.#bytes + 1 : 0;
    // A run whose first four bytes are no character is broken to its end.
    if (this.#bytes > 4) return '';
    if (this.#tokens.length - this.#fresh > patience && !this.#settles(token)) return '';
    const text = this.#decoder(this.#tokens).join('');
    if (text.length <= this.#given.length || text.endsWith('\ufffd')) return '';
    const part = text.slice(this.#given.length);
    this.#bytes = 0;
    // The tokens after `fresh` become the scene, unless they alone are nothing, such as a blank that is dropped in front.
    // Bytes that are settled enter it as what they spell, so that wrong bytes after them do not change it.
    const scene = isByte ? spelled(this.#tokens.slice(this.#fresh)) : this.#tokens.slice(this.#fresh);
    const given = this.#decoder(scene).join('');
    if (given === '') {
      this.#given = text;
    } else {
      this.#tokens = scene;
      this.#fresh = scene.length;
      this.#given = given;
    }
    return part;
  }

  #settles(token: string): boolean {
    const text = this.#decoder([token]).join('');
    return text !== '' && !text.endsWith('\ufffd');
  }

  /** Gives what was held back. Afterwards the stream is as new. */
  end(): string {
    const part = this.#decoder(this.#tokens).join('').slice(this.#given.length);
    this.#tokens = [];
    this.#fresh = 0;
    this.#given = '';
    this.#bytes = 0;
    return part;
  }
}

// The tokens with the run of byte tokens at their end as one.
function spelled(tokens: readonly string[]): string[] {
  const start = tokens.findLastIndex((token) => !byteToken.test(token)) + 1;
  const bytes = tokens.slice(start).map((token) => Number.parseInt(token.slice(3, 5), 16));
  return [...tokens.slice(0, start), new TextDecoder().decode(Uint8Array.from(bytes))];
}
