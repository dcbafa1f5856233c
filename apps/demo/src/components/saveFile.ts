// Hands a file to the reader, by the browser's own way of saving.

/** Saves a blob under a name. */
export const saveFile = (name: string, blob: Blob): void => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
};
