// JSON out of a file of a model, or a CheckpointError that names the file.

import { CheckpointError } from '../checkpointError.ts';

/** The value that the text of `file` stands for; its shape is the caller's to check. */
export const parseJson = (text: string, file: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CheckpointError(`${file}: not JSON (${cause instanceof Error ? cause.message : cause}).`);
  }
};
