// Writing a file so that there is always a whole one under its name: the old or the new, never a part.

/**
 * Writes `parts` to a temporary file beside `target`, forces them to the disk, and renames: POSIX's rename takes the place of the old file at
 * once. Whatever fails on the way leaves the old file and no other.
 */
export const writeAtomically = async (
  { fs, path }: { readonly fs: typeof import('node:fs/promises'); readonly path: typeof import('node:path') },
  target: string,
  parts: readonly Uint8Array[],
): Promise<void> => {
  const parent = path.dirname(target);
  await fs.mkdir(parent, { recursive: true });
  const temporary = `${target}.${crypto.randomUUID()}.part`; // beside it: rename does not cross file systems
  try {
    {
      await using file = await fs.open(temporary, 'wx');
      for (const part of parts)
        for (let at = 0; at < part.byteLength; )
          at += (await file.write(part, at, part.byteLength - at)).bytesWritten;
      await file.sync();
    }
    await fs.rename(temporary, target);
  } catch (error) {
    await fs.rm(temporary, { force: true });
    throw error;
  }
  // The new name too has to reach the disk. Where directories cannot be opened (Windows), the system does that by itself.
  const opened = await fs.open(parent, 'r').catch(() => undefined);
  await opened?.sync().catch(() => {});
  await opened?.close();
};
