import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { changedFiles } from '../../../rehearsal/testbed/changed-files';

const SINCE = 1_000_000;
/** Epoch seconds, before that. */
const OLD = 500;

/** Makes a directory with a file in a folder, all of them old, and returns what `change` changes. */
function changesOf(change: (directory: string) => void, volumes: readonly string[] = []): string[] {
  const directory = mkdtempSync(join(tmpdir(), 'changed-'));
  mkdirSync(join(directory, 'folder'));
  writeFileSync(join(directory, 'folder', 'file'), '');
  for (const path of ['folder/file', 'folder', '']) {
    utimesSync(join(directory, path), OLD, OLD);
  }
  change(directory);
  return changedFiles({ '/srv': directory }, volumes, SINCE);
}

const write = (directory: string) => {
  writeFileSync(join(directory, 'folder', 'file'), 'new');
};
const writeAndDelete = (directory: string) => {
  writeFileSync(join(directory, 'folder', 'temporary'), '');
  rmSync(join(directory, 'folder', 'temporary'));
};

test('nothing changed', () => {
  expect(changesOf(() => undefined)).toEqual([]);
});

test('a file was written', () => {
  expect(changesOf(write)).toEqual(['/srv/folder/file']);
});

test('a file was created and deleted', () => {
  expect(changesOf(writeAndDelete)).toEqual(['/srv/folder']);
});

test.each([
  ['/srv/folder', []],
  ['/srv', []],
  ['/srv/fold', ['/srv/folder/file']],
])('a file was written where the volume %s may be', (volume, expected) => {
  expect(changesOf(write, [volume])).toEqual(expected);
});
