import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Refusal } from '../refusal';

const run = promisify(execFile);

/**
 * The program that runs in place of the daemon's image.
 */
export interface DaemonProgram {
  readonly command: string;
  /** Arguments before those of the image's entry point. */
  readonly args: readonly string[];
  readonly cwd: string;
  /** Whether it is AWS's own daemon. */
  readonly real: boolean;
  readonly origin: string;
}

/**
 * Finds the real daemon: at the path in `XRAY_DAEMON`, else in the template's image if Docker is
 * available. Otherwise the embedded daemon replaces it.
 */
export async function findDaemon(image: string, directory: string): Promise<DaemonProgram> {
  const given = process.env.XRAY_DAEMON;
  if (given !== undefined && given !== '') {
    const command = resolve(given);
    try {
      accessSync(command, constants.X_OK);
    } catch {
      throw new Refusal(
        `\`XRAY_DAEMON\` must be the path of the daemon's program, got: ${given}; unset it to use the image or the embedded daemon`,
      );
    }
    return { command, args: [], cwd: directory, real: true, origin: 'XRAY_DAEMON' };
  }
  const command = join(directory, 'xray');
  const reason = await copyFromImage(image, command);
  if (reason === undefined) {
    return { command, args: [], cwd: directory, real: true, origin: image };
  }
  return {
    command: process.execPath,
    args: ['-r', 'ts-node/register', join(__dirname, '..', 'doubles', 'embedded-daemon.ts')],
    cwd: join(__dirname, '..', '..'),
    real: false,
    origin: `the embedded daemon: XRAY_DAEMON is not set, and ${reason}`,
  };
}

/** @returns why the program could not be copied, or `undefined` */
async function copyFromImage(image: string, file: string): Promise<string | undefined> {
  if (process.platform !== 'linux') {
    return `the program in the image does not run on ${process.platform}`;
  }
  try {
    await run('docker', ['version', '--format', '{{.Server.Version}}'], { timeout: 10_000 });
  } catch {
    return 'Docker is not available';
  }
  try {
    const { stdout } = await run('docker', ['create', image], { timeout: 120_000 });
    const container = stdout.trim();
    await run('docker', ['cp', `${container}:/xray`, file]);
    await run('docker', ['rm', container]);
    return undefined;
  } catch (error) {
    return `Docker could not copy it from ${image}: ${(error as Error).message.split('\n')[0] ?? ''}`;
  }
}
