// Every synthesized app leaves a directory behind, a thousand in a run: all go to one, which is removed at the end.
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const process = require('node:process');

module.exports = () => {
  const directory = mkdtempSync(join(tmpdir(), 'jest-'));
  process.env.TMPDIR = directory;
  process.on('exit', () => {
    rmSync(directory, { recursive: true, force: true });
  });
};
