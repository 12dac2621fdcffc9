import { spawnSync } from 'node:child_process';
import { RunningProcess } from '../../../rehearsal/testbed/processes';

function shell(script: string): RunningProcess {
  return new RunningProcess({
    name: 'test',
    command: '/bin/sh',
    args: ['-c', script],
    env: { PATH: '/usr/bin:/bin' },
    cwd: '/',
  });
}

/** Whether a process still runs; one that has ended may remain as a zombie until its parent reaps it. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.trim().startsWith('Z');
}

test('keeps both streams, line by line, and the exit code', async () => {
  const process = shell('echo one; echo two >&2; exit 3');

  expect(await process.exited).toEqual({ code: 3, signal: null });
  expect([...process.log].sort()).toEqual(['one', 'two']);
});

test('passes a process only the given environment', async () => {
  const process = shell('env');
  await process.exited;

  expect(process.log.filter((line) => !/^(PATH|PWD|_|SHLVL)=/.test(line))).toEqual([]);
});

test('SIGKILL follows when SIGTERM is ignored', async () => {
  const process = shell('trap "" TERM; echo ready; while :; do sleep 0.05; done');
  while (process.log.length === 0) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }

  expect(await process.stop(0.1)).toEqual({ code: null, signal: 'SIGKILL' });
});

test('nothing that a process starts outlives it', async () => {
  const process = shell('sleep 60 & echo $!; exit 0');
  await process.exited;
  await new Promise((resolve) => setTimeout(resolve, 50));

  expect(isAlive(Number(process.log[0]))).toBe(false);
});

test('a missing program is an exit code, not an exception', async () => {
  const process = new RunningProcess({
    name: 'test',
    command: '/nowhere/program',
    args: [],
    env: {},
    cwd: '/',
  });

  expect((await process.exited).code).toBe(127);
  expect(process.log.join()).toContain('cannot start /nowhere/program');
});
