// A place in an expression that is being read, and the errors that name it.
import { TokenizerError } from '../tokenizerError.ts';

/** Reads an expression character by character. */
export class Cursor {
  /** How deep the groups are nested at this place. */
  depth = 0;
  /** How many atomic groups there have been; their names are numbered. */
  atoms = 0;
  readonly #expression: string;
  readonly #place: string;
  #at = 0;

  constructor(expression: string, place: string) {
    this.#expression = expression;
    this.#place = place;
  }

  /** Whether everything has been read. */
  get done(): boolean {
    return this.#at >= this.#expression.length;
  }

  /** Whether `text` comes next. */
  sees(text: string): boolean {
    return this.#expression.startsWith(text, this.#at);
  }

  /** Reads `text` if it comes next, and says whether it did. */
  takes(text: string): boolean {
    if (!this.sees(text)) return false;
    this.#at += text.length;
    return true;
  }

  /** Reads what the sticky expression matches here, if it does. */
  takesMatch(sticky: RegExp): RegExpExecArray | undefined {
    sticky.lastIndex = this.#at;
    const match = sticky.exec(this.#expression);
    if (match === null) return undefined;
    this.#at += match[0].length;
    return match;
  }

  /** Reads one character; refuses at the end. */
  next(): string {
    const codePoint = this.#expression.codePointAt(this.#at);
    if (codePoint === undefined) return this.refuse('an end where something must follow');
    const character = String.fromCodePoint(codePoint);
    this.#at += character.length;
    return character;
  }

  /** Refuses the expression: `what` is what stands here. */
  refuse(what: string): never {
    throw new TokenizerError(
      this.#place,
      `the pattern ${JSON.stringify(this.#expression)} has ${what} near position ${this.#at}, which is not supported. Rewrite the pattern without it.`,
    );
  }
}
