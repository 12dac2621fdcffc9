import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { programOf, readDockerfile } from '../../../rehearsal/service/dockerfile';
import { copyFiles } from '../../../rehearsal/service/image-files';

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

test('a command in shell form is run by a shell, with its variables', () => {
  const dockerfile = ['FROM python', 'CMD exec gunicorn \\', '  --bind :$PORT app:app'];

  expect(readDockerfile(image(dockerfile)).command).toEqual([
    '/bin/sh',
    '-c',
    'exec gunicorn --bind :$PORT app:app',
  ]);
});

test.each([
  [['gunicorn', 'app:app'], 'gunicorn'],
  [['/bin/sh', '-c', 'exec gunicorn app:app'], 'gunicorn'],
  [['tini', '--', './entrypoint.sh', 'node', 'server.js'], 'node'],
  [[], undefined],
])('the program of %j is %s', (words, program) => {
  expect(programOf(words)).toBe(program);
});

test('variables of the build are replaced, and arguments are not in the environment', () => {
  const dockerfile = [
    'ARG PYTHON=3.13',
    'FROM python:${PYTHON} AS base',
    'ARG FOLDER=shop',
    'ENV APP_HOME /app',
    'ENV PATH=/opt/venv/bin:$PATH CACHE="$APP_HOME/cache" LEVEL=${LOG_LEVEL:-info}',
    'WORKDIR $APP_HOME',
    'FROM base',
    'COPY ["a.py", "$APP_HOME/src/"]',
    'WORKDIR ${APP_HOME}/src',
    'EXPOSE ${PORT} 8080',
  ];
  const copied = image(dockerfile, ['a.py']);

  expect(readDockerfile(copied)).toEqual({
    environment: {
      APP_HOME: '/app',
      PATH: '/opt/venv/bin:$PATH',
      CACHE: '/app/cache',
      LEVEL: 'info',
    },
    entryPoint: [],
    command: [],
    workingDirectory: '/app/src',
    ports: [8080],
  });
  const { root } = copyFiles(copied, join(directory, 'stages'));
  expect(existsSync(join(root, 'app/src/a.py'))).toBe(true);
});

test('a stage starts as the stage that it is built on', () => {
  const dockerfile = ['FROM python AS base', 'CMD ["gunicorn"]', 'FROM base', 'EXPOSE 80'];

  expect(readDockerfile(image(dockerfile))).toMatchObject({ command: ['gunicorn'], ports: [80] });
});

test('copies what wildcards match, and leaves out what is downloaded', () => {
  const dockerfile = [
    'FROM python',
    'COPY *.py requirements*.txt /srv/',
    'ADD https://a.example/b /srv/',
  ];
  const files = ['a.py', 'b.py', 'c.md', 'requirements-dev.txt'];
  const { root } = copyFiles(image(dockerfile, files), join(directory, 'stages'));

  expect(readdirSync(join(root, 'srv'))).toEqual(['a.py', 'b.py', 'requirements-dev.txt']);
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
        '  # a comment between',
        '  && python -m pip install "./package" && pip uninstall --yes pip',
        'RUN <<EOF',
        'uv pip install --system --no-cache flask',
        'EOF',
      ],
      ['requirements.txt'],
    ),
    join(directory, 'stages'),
  );

  expect(installs).toEqual([
    { cwd: join(root, 'srv'), args: ['-r', '../tmp/requirements.txt'] },
    { cwd: join(root, 'srv'), args: ['./package'] },
    { cwd: join(root, 'srv'), args: ['flask'] },
  ]);
});
