import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Looks for a key in all files under a directory. */
export function searchFiles(
  directory: string,
  key: string,
): { read: number; holding: readonly string[] } {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  return {
    read: files.length,
    holding: files
      .filter((file) => readFileSync(file).includes(key))
      .map((file) => relative(directory, file)),
  };
}
