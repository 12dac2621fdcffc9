// Builds the constructs, without the application, into an npm tarball and a Python wheel below dist/.
//
//   node scripts/package/build.mjs
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MINIMUM, NAME, PYTHON_MODULE } from './names.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DIST = join(ROOT, 'dist');
// in the project, so that the compiler finds node_modules; not in lib/, where jsii would leave .js files
const STAGING = join(DIST, 'staging');
const SOURCES = [
  'fargate',
  'honeycomb',
  'opentelemetry',
  'operations',
  'xray',
  'index.ts',
  'validation/acknowledge.ts',
  'validation/container-variables.ts',
  'validation/health-check-path.ts',
  'validation/open-ports.ts',
  'validation/prop-checks.ts',
  'validation/prop-error.ts',
  'validation/same-environment.ts',
  'validation/policy-statements.ts',
];

const read = (...path) => readFileSync(join(ROOT, ...path), 'utf8');
const require = createRequire(import.meta.url);

rmSync(DIST, { recursive: true, force: true });
mkdirSync(STAGING, { recursive: true });
for (const source of SOURCES) {
  cpSync(join(ROOT, 'lib', source), join(STAGING, 'lib', source), { recursive: true });
}
cpSync(join(ROOT, 'LICENSE'), join(STAGING, 'LICENSE'));
writeFileSync(join(STAGING, 'README.md'), readme());
writeFileSync(join(STAGING, 'package.json'), JSON.stringify(manifest(), null, 2));
// the oldest versions that the package promises to work with
run('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock']);
// the reserved words are C#'s and Go's
jsii('jsii', '--fail-on-warnings', '--silence-warnings', 'reserved-word');
requireNothingLost();
jsii('jsii-docgen', '--split-by-submodule=false', '--output', 'API.md');
jsii(
  'jsii-docgen',
  '--split-by-submodule=false',
  '--language',
  'python',
  '--output',
  'API.python.md',
);
jsii('jsii-pacmak', '--outdir', DIST);

function manifest() {
  const { version, description, license, author, repository, engines } = JSON.parse(
    read('package.json'),
  );
  return {
    name: NAME,
    version,
    description,
    license,
    author,
    repository,
    engines,
    keywords: ['aws', 'cdk', 'xray', 'honeycomb', 'tracing'],
    main: 'lib/index.js',
    types: 'lib/index.d.ts',
    files: ['lib/**/*.js', 'lib/**/*.d.ts', '.jsii', 'API.md', 'API.python.md'],
    peerDependencies: { 'aws-cdk-lib': `^${MINIMUM.cdk}`, constructs: `^${MINIMUM.constructs}` },
    devDependencies: { 'aws-cdk-lib': MINIMUM.cdk, constructs: MINIMUM.constructs },
    stability: 'experimental',
    jsii: {
      outdir: '..',
      targets: { python: { distName: NAME, module: PYTHON_MODULE } },
      tsc: { outDir: 'lib', rootDir: 'lib' },
      versionFormat: 'short',
    },
  };
}

/** The section of the project's README, as a user of the package imports it. */
function readme() {
  const [section] = /(?<=^## Use the constructs in another stack\n\n.*?\n\n).*?(?=^## )/ms.exec(
    read('README.md'),
  );
  const links = 'Reference: API.md for TypeScript and JavaScript, API.python.md for Python.';
  // the example is JavaScript too, and pacmak would label what it takes for TypeScript as Python in the wheel
  const example = section.replace('```ts', '```js').replace("'../lib'", `'${NAME}'`);
  return `# ${NAME}\n\n${example}${links}\n`;
}

/** jsii silently skips exported functions and constants. */
function requireNothingLost() {
  const { types } = JSON.parse(readFileSync(join(STAGING, '.jsii'), 'utf8'));
  const lost = Object.keys(require(join(STAGING, 'lib', 'index.js'))).filter(
    (name) => !types[`${NAME}.${name}`],
  );
  if (lost.length > 0) {
    throw new Error(
      `lib/index.ts must export only what jsii translates, such as classes and enums, got: ${lost.join(', ')}`,
    );
  }
}

function jsii(tool, ...args) {
  const manifestFile = require.resolve(`${tool}/package.json`);
  const { bin } = JSON.parse(readFileSync(manifestFile, 'utf8'));
  const script = typeof bin === 'string' ? bin : bin[tool];
  run(process.execPath, [join(dirname(manifestFile), script), ...args]);
}

function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: STAGING, stdio: 'inherit' });
  if (status !== 0) {
    throw new Error(`${[command, ...args].join(' ')} must succeed, got: exit status ${status}`);
  }
}
