import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Refusal } from '../template/refusal';

const run = promisify(execFile);

/**
 * What stands for the image of the daemon on this machine.
 */
export interface DaemonProgram {
  readonly command: string;
  /** Arguments before those of the image's entry point. */
  readonly args: readonly string[];
  readonly cwd: string;
  /** Whether it is AWS's own program. */
  readonly real: boolean;
  readonly origin: string;
}

/**
 * Finds the real daemon: the path in `XRAY_DAEMON`, or out of the template's image where Docker
 * is at hand; else the embedded receiver stands in.
 */
export async function findDaemon(image: string, directory: string): Promise<DaemonProgram> {
  const given = process.env.XRAY_DAEMON;
  if (given !== undefined && given !== '') {
    const command = resolve(given);
    try {
      accessSync(command, constants.X_OK);
    } catch {
      throw new Refusal(
        `\`XRAY_DAEMON\` must be the path of the daemon's program, got: ${given}; unset it to use the image or the embedded receiver`,
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
    args: ['-r', 'ts-node/register', join(__dirname, 'embedded-daemon.ts')],
    cwd: join(__dirname, '..', '..'),
    real: false,
    origin: `embedded receiver of the daemon's protocol (XRAY_DAEMON is not set, and ${reason})`,
  };
}

/** @returns why it could not be copied, or `undefined` */
async function copyFromImage(image: string, file: string): Promise<string | undefined> {
  if (process.platform !== 'linux') {
    return `the image's program does not run on ${process.platform}`;
  }
  try {
    await run('docker', ['version', '--format', '{{.Server.Version}}'], { timeout: 10_000 });
  } catch {
    return 'Docker is not at hand';
  }
  try {
    const { stdout } = await run('docker', ['create', image], { timeout: 120_000 });
    const container = stdout.trim();
    await run('docker', ['cp', `${container}:/xray`, file]);
    await run('docker', ['rm', container]);
    return undefined;
  } catch (error) {
    return `Docker could not copy it out of ${image}: ${(error as Error).message.split('\n')[0] ?? ''}`;
  }
}
