// What a failure says, whatever was thrown.

/** The message of an error, or the thrown value as text. */
export const messageOf = (reason: unknown): string =>
  reason instanceof Error ? reason.message : String(reason);
