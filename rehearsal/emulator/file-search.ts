import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/**
 * Files below the directories that hold one of the texts, which stand on no command line while they are looked for.
 */
export async function filesHolding(
  texts: readonly string[],
  directories: readonly string[],
): Promise<string[]> {
  const args = ['--recursive', '--files-with-matches', '--fixed-strings', '--file=-'];
  const grep = spawn('grep', [...args, '--', ...directories], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  grep.stdin.end(`${texts.join('\n')}\n`);
  const [files] = await Promise.all([text(grep.stdout), once(grep, 'close')]);
  // 1: none was found
  if (grep.exitCode !== 0 && grep.exitCode !== 1) {
    throw new Error(`grep ends with ${String(grep.exitCode)}`);
  }
  return files.split('\n').filter((line) => line !== '');
}
