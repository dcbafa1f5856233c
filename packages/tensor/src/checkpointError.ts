// CheckpointError: a file of weights that cannot be used as it is, or does not fit the model.

/** A checkpoint that is broken, or does not fit the model; the message names the file and the place, or all misfits at once. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
}
