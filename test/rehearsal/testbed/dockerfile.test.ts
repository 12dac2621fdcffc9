import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDockerfile } from '../../../rehearsal/testbed/dockerfile';

let context: string;

beforeEach(() => {
  context = mkdtempSync(join(tmpdir(), 'dockerfile-'));
});

afterEach(() => {
  rmSync(context, { recursive: true });
});

function read(text: string) {
  writeFileSync(join(context, 'Dockerfile'), text);
  return readDockerfile({ context, dockerfile: 'Dockerfile' });
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
    'HEALTHCHECK --interval=10s CMD ["python", "healthcheck.py"]',
    'WORKDIR /srv',
    'EXPOSE 4567/tcp',
    'ENTRYPOINT ["/init"]',
    'CMD ["gunicorn", "app:app"]',
  ];

  expect(read(dockerfile.join('\n'))).toEqual({
    environment: { A: '1', B: 'two words' },
    entryPoint: ['/init'],
    command: ['gunicorn', 'app:app'],
    workingDirectory: '/srv',
    ports: [4567],
  });
});

test('fails with a shell form', () => {
  expect(() => read('FROM python\nCMD gunicorn app:app')).toThrow(
    'CMD must be a JSON array, got: gunicorn app:app',
  );
});

test('fails without a Dockerfile', () => {
  expect(() => readDockerfile({ context, dockerfile: 'Dockerfile' })).toThrow(
    'Dockerfile is missing',
  );
});
