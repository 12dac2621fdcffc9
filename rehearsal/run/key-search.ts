import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The files that were searched for the key, and those that contain it. */
export interface KeySearch {
  readonly searched: number;
  readonly containing: readonly string[];
}

/** Searches all files under a directory for a key. */
export function searchFiles(directory: string, key: string): KeySearch {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  return {
    searched: files.length,
    containing: files
      .filter((file) => readFileSync(file).includes(key))
      .map((file) => relative(directory, file)),
  };
}
