import { createInterface } from 'node:readline/promises';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Writable } from 'node:stream';
import { OperatorError } from '../operator-error';

/**
 * Reads the key: from a terminal, without echoing it, or from a program, up to the end of its output.
 *
 * @param prompt where to ask for the key; not standard output, which may be a file
 * @throws OperatorError if the operator cancels
 */
export async function readKey(
  input: Readable & { readonly isTTY?: boolean },
  prompt: NodeJS.WritableStream,
): Promise<string> {
  return (input.isTTY ? await ask(input, prompt) : await text(input)).trim();
}

async function ask(input: Readable, prompt: NodeJS.WritableStream): Promise<string> {
  const unseen = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  // readline turns the terminal's own echo off, and its own echo goes nowhere
  const line = createInterface({ input, output: unseen, terminal: true, historySize: 0 });
  const givenUp = new Promise<never>((_resolve, reject) => {
    for (const event of ['SIGINT', 'close'] as const) {
      line.once(event, () => {
        reject(new OperatorError('no key was given; nothing has changed'));
      });
    }
  });
  prompt.write('Honeycomb API key, not shown as you type or paste it: ');
  try {
    return await Promise.race([line.question(''), givenUp]);
  } finally {
    line.close();
    prompt.write('\n');
  }
}
