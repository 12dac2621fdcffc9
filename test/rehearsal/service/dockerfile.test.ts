import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { copyFiles, readDockerfile } from '../../../rehearsal/service/dockerfile';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dockerfile-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** An image whose build context has these files; each one's content is its name. */
function image(dockerfile: readonly string[], files: readonly string[] = []) {
  const context = join(directory, 'context');
  for (const [name, content] of [
    ...files.map((file) => [file, file] as const),
    ['service/Dockerfile', dockerfile.join('\n')] as const,
  ]) {
    mkdirSync(dirname(join(context, name)), { recursive: true });
    writeFileSync(join(context, name), content);
  }
  return { context, dockerfile: 'service/Dockerfile' };
}

test('reads how the last stage starts', () => {
  const dockerfile = [
    'FROM python AS build',
    'ENV ONLY_HERE=1',
    'CMD ["build"]',
    '# CMD ["comment"]',
    'FROM python',
    'ENV A=1 \\',
    '    B="two words"',
    'WORKDIR /srv',
    'EXPOSE 4567 8080/tcp',
    'HEALTHCHECK --interval=10s CMD ["python", "healthcheck.py"]',
    'ENTRYPOINT ["/init"]',
    'CMD ["gunicorn", "app:app"]',
  ];

  expect(readDockerfile(image(dockerfile))).toEqual({
    environment: { A: '1', B: 'two words' },
    entryPoint: ['/init'],
    command: ['gunicorn', 'app:app'],
    workingDirectory: '/srv',
    ports: [4567, 8080],
  });
});

test('copies what the last stage copies, from the context and from other stages', () => {
  const dockerfile = [
    'FROM python AS build',
    'RUN python -m venv /opt/venv',
    'WORKDIR /srv',
    'COPY service/app.py service/settings.py ./',
    'COPY service/services ./services',
    'COPY service/app.py renamed.py',
    'COPY service/not-in-the-image.py /tmp/',
    'FROM python',
    'COPY --from=build /opt/venv /opt/venv',
    'COPY --from=build --chown=1:1 /srv /srv',
  ];
  const files = ['app.py', 'settings.py', 'services/home.py', 'not-in-the-image.py'];
  const { root } = copyFiles(
    image(
      dockerfile,
      files.map((name) => `service/${name}`),
    ),
    join(directory, 'stages'),
  );

  const content = (path: string) => readFileSync(join(root, path), 'utf8');
  expect(content('srv/app.py')).toBe('service/app.py');
  expect(content('srv/settings.py')).toBe('service/settings.py');
  expect(content('srv/services/home.py')).toBe('service/services/home.py');
  expect(content('srv/renamed.py')).toBe('service/app.py');
  // RUN made the one, and the last stage does not copy the other
  expect(['opt/venv', 'tmp'].filter((path) => existsSync(join(root, path)))).toEqual([]);
});

test('a stage begins with the files of the stage that it is built on', () => {
  const { root } = copyFiles(
    image(['FROM python AS base', 'COPY a.py /srv/', 'FROM base', 'WORKDIR /work'], ['a.py']),
    join(directory, 'stages'),
  );

  expect(existsSync(join(root, 'srv/a.py'))).toBe(true);
  expect(existsSync(join(root, 'work'))).toBe(true);
});

test('fails if the build context lacks a file', () => {
  expect(() =>
    copyFiles(image(['FROM python', 'COPY a.py ./']), join(directory, 'stages')),
  ).toThrow('service/Dockerfile copies a.py, which the build context lacks');
});

test('fails with a shell form', () => {
  expect(() => readDockerfile(image(['FROM python', 'CMD gunicorn app:app']))).toThrow(
    'CMD must be a JSON array, got: gunicorn app:app',
  );
});

test('fails without a Dockerfile', () => {
  expect(() => readDockerfile({ context: directory, dockerfile: 'Dockerfile' })).toThrow(
    'Dockerfile is missing',
  );
});

test('finds what pip installs, where, and with which files', () => {
  const { root, installs } = copyFiles(
    image(
      [
        'FROM python',
        'WORKDIR /srv',
        'COPY requirements.txt /tmp/',
        'RUN --mount=type=cache,target=/root/.cache apt-get update && /opt/venv/bin/pip install --no-compile -r /tmp/requirements.txt \\',
        '  && python -m pip install "./package" && pip uninstall --yes pip',
      ],
      ['requirements.txt'],
    ),
    join(directory, 'stages'),
  );

  expect(installs).toEqual([
    { cwd: join(root, 'srv'), args: ['-r', '../tmp/requirements.txt'] },
    { cwd: join(root, 'srv'), args: ['./package'] },
  ]);
});
