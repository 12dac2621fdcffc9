import { lstatSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';

/**
 * Returns the paths that changed since a time, as a container calls them: files, and directories. Of a file that was created and
 * deleted, the change of its directory is left.
 *
 * @param directories directories of this machine, by what the container calls them
 * @param volumes where it mounts volumes, which are left out
 * @param since epoch milliseconds
 */
export function changedFiles(
  directories: Readonly<Record<string, string>>,
  volumes: readonly string[],
  since: number,
): string[] {
  return Object.entries(directories)
    .flatMap(([name, directory]) =>
      ['', ...readdirSync(directory, { recursive: true, encoding: 'utf8' })]
        .filter((path) => lstatSync(join(directory, path)).mtimeMs > since)
        .map((path) => posix.join(name, path)),
    )
    .filter((path) => !volumes.some((volume) => `${path}/`.startsWith(`${volume}/`)));
}
