import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What start scripts use of Debian's smallest image, and of no other: it has no curl and no wget. */
const PROGRAMS =
  'awk basename bash cat chmod chown cp cut date dirname echo env expr false find grep head hostname id ln ls ' +
  'mkdir mktemp mv nproc printf pwd readlink realpath rm sed seq sh sleep sort tail tee test touch tr true uname wc xargs';

/** Links the programs of an image to those of this machine, in a new directory. @returns the directory */
export function linkPrograms(directory: string): string {
  mkdirSync(directory, { recursive: true });
  const directories = (process.env.PATH ?? '').split(delimiter);
  for (const name of PROGRAMS.split(' ')) {
    const program = directories.map((path) => join(path, name)).find((path) => existsSync(path));
    if (program !== undefined) {
      symlinkSync(program, join(directory, name));
    }
  }
  return directory;
}
