import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { readKey } from '../../../operate/key/read-key';

const PROMPT = 'Honeycomb API key, not shown as you type or paste it: ';

/** A terminal, as far as streams go; the rehearsal uses a real one. */
function terminal() {
  const keyboard = Object.assign(new PassThrough(), { isTTY: true });
  const screen = new PassThrough();
  const key = readKey(keyboard, screen).finally(() => screen.end());
  return { keyboard, key, shown: text(screen) };
}

test('reads what a program writes, up to its end, without a prompt', async () => {
  const screen = new PassThrough();

  await expect(readKey(Readable.from(['sen', 'tinel\n']), screen)).resolves.toBe('sentinel');
  expect(screen.read()).toBeNull();
});

test('reads what a person types, without echoing it', async () => {
  const { keyboard, key, shown } = terminal();
  keyboard.write('sentimental\b\b\b\b\b\bnel\r');

  await expect(key).resolves.toBe('sentinel');
  await expect(shown).resolves.toBe(`${PROMPT}\n`);
});

test.each([
  ['Ctrl-C', '\x03'],
  ['Ctrl-D', '\x04'],
])('fails with %s', async (_, typed) => {
  const { keyboard, key, shown } = terminal();
  keyboard.write(typed);

  await expect(key).rejects.toThrow('no key was given; nothing has changed');
  await expect(shown).resolves.toBe(`${PROMPT}\n`);
});
