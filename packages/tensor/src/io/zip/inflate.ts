// inflate: deflated bytes (RFC 1951) back to what they were, by the platform's DecompressionStream, never more than was announced.

import { CheckpointError } from '../../checkpointError.ts';
import { roomFor } from '../folders/ranges.ts';

/** The `size` bytes that `deflated` stands for; more or fewer are an error, and no more than `size` are ever held. */
export const inflate = async (place: string, deflated: Uint8Array, size: number): Promise<Uint8Array> => {
  const bytes = roomFor(place, size);
  const source = new Blob([deflated as Uint8Array<ArrayBuffer>]).stream();
  const reader = source.pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  let at = 0;
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw new CheckpointError(
        `${place}: its compressed bytes are damaged after ${at} bytes of content (${cause instanceof Error ? cause.message : cause}). Fetch the file again.`,
      );
    });
    if (done) break;
    if (at + value.length > size) {
      await reader.cancel().catch(() => {}); // whatever else is wrong with it
      throw new CheckpointError(
        `${place}: it unpacks to more than the ${size} bytes that the archive announces. It is damaged, or made to fill the memory.`,
      );
    }
    bytes.set(value, at);
    at += value.length;
  }
  if (at !== size)
    throw new CheckpointError(
      `${place}: it unpacks to ${at} bytes; the archive announces ${size}. Fetch the file again.`,
    );
  return bytes;
};
