import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';

const TOP = join(__dirname, '..', '..', '..');

/** Starts a process that starts another, and prints the IDs of both and its own directory. */
const COMMAND = `
  const { command } = require('./rehearsal/cli/command');
  const { RunningProcess } = require('./rehearsal/testbed/processes');
  void command(async (directory) => {
    const script = 'sleep 300 & echo $$ $!; wait';
    const env = { PATH: '/usr/bin:/bin' };
    const program = new RunningProcess({ name: 'a', command: '/bin/sh', args: ['-c', script], env, cwd: '/' });
    while (program.log.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    console.log(program.log[0], directory);
    await program.exited;
  });`;

function isAlive(pid: string): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', pid], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.trim().startsWith('Z');
}

test.each(['SIGKILL', 'SIGTERM'] as const)('after %s nothing is left', async (signal) => {
  const rehearsal = spawn(process.execPath, ['-r', 'ts-node/register', '-e', COMMAND], {
    cwd: TOP,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [first = ''] = await createInterface({ input: rehearsal.stdout })
    [Symbol.asyncIterator]()
    .next()
    .then(({ value }) => [value as string]);
  const [shell = '', child = '', directory = ''] = first.split(' ');
  expect([isAlive(shell), isAlive(child), existsSync(directory)]).toEqual([true, true, true]);

  rehearsal.kill(signal);
  const rest = () => [isAlive(shell), isAlive(child), existsSync(directory)];
  for (let left = 200; left > 0 && rest().includes(true); left--) {
    await sleep(25);
  }

  expect(rest()).toEqual([false, false, false]);
});
