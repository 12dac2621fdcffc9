// Installs the built packages as a user would, each in an empty folder, synthesizes the README's example in TypeScript,
// JavaScript and Python, and compares the templates.
//
//   node scripts/package/test.mjs
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { MINIMUM, NAME } from './names.mjs';
import { findPython } from '../python-venv.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
// outside the project, whose node_modules would hide what the package does not bring
const EMPTY = mkdtempSync(join(tmpdir(), 'package-'));
const TEMPLATE = 'Checkout.template.json';

const project = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const { dependencies, devDependencies } = project;

// the versions of this project, and the oldest that the package promises to work with
const INSTALLATIONS = { TypeScript: typeScript, JavaScript: javaScript, Python: python };

let passed = 0;
let failed = 0;
try {
  const templates = {};
  for (const [language, synthesize] of Object.entries(INSTALLATIONS)) {
    await check(`installs and synthesizes in ${language}`, async () => {
      templates[language] = await synthesize(folder(language));
    });
  }
  const { TypeScript, ...others } = templates;
  for (const [language, template] of Object.entries(others)) {
    await check(`${language} synthesizes the same template as TypeScript`, () => {
      requireEqual(template, TypeScript);
    });
  }
} finally {
  rmSync(EMPTY, { recursive: true, force: true });
}
console.log(`package: ${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;

function typeScript(directory) {
  npmInstall(directory, dependencies['aws-cdk-lib'], dependencies.constructs, [
    `typescript@${devDependencies.typescript}`,
    `@types/node@${devDependencies['@types/node']}`,
  ]);
  writeFileSync(join(directory, 'example.ts'), example());
  const strict = ['--strict', '--types', 'node', '--module', 'node16', '--target', 'es2022'];
  run(directory, process.execPath, 'node_modules/typescript/bin/tsc', ...strict, 'example.ts');
  return template(directory, process.execPath, 'example.js');
}

function javaScript(directory) {
  npmInstall(directory, MINIMUM.cdk, MINIMUM.constructs);
  // the example has no types, so it is JavaScript too
  writeFileSync(join(directory, 'example.mjs'), example());
  return template(directory, process.execPath, 'example.mjs');
}

async function python(directory) {
  const interpreter = join(directory, 'venv', 'bin', 'python');
  run(directory, await findPython(), '-m', 'venv', 'venv');
  const cdk = [`aws-cdk-lib==${MINIMUM.cdk}`, `constructs==${MINIMUM.constructs}`];
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  run(directory, interpreter, ...install, built('python', '.whl'), ...cdk);
  return template(directory, interpreter, join(ROOT, 'test', 'readme_example.py'));
}

function npmInstall(directory, cdk, constructs, others = []) {
  writeFileSync(join(directory, 'package.json'), '{ "private": true }');
  const packages = [built('js', '.tgz'), `aws-cdk-lib@${cdk}`, `constructs@${constructs}`];
  run(directory, 'npm', 'install', '--no-audit', '--no-fund', ...packages, ...others);
}

function example() {
  return readFileSync(join(ROOT, 'test', 'readme-example.ts'), 'utf8').replace(
    "'../lib'",
    `'${NAME}'`,
  );
}

function built(language, extension) {
  const directory = join(ROOT, 'dist', language);
  const file = readdirSync(directory).find((name) => name.endsWith(extension));
  if (!file) {
    throw new Error(`dist/${language} must have a ${extension}, run npm run package, got: none`);
  }
  return join(directory, file);
}

function folder(name) {
  const directory = join(EMPTY, name);
  mkdirSync(directory);
  return directory;
}

function template(directory, command, ...args) {
  run(directory, command, ...args);
  return JSON.parse(readFileSync(join(directory, 'cdk.out', TEMPLATE), 'utf8'));
}

function run(directory, command, ...args) {
  // where an app puts its assembly when the CDK CLI runs it
  const env = { ...process.env, CDK_OUTDIR: join(directory, 'cdk.out'), NODE_PATH: '' };
  try {
    execFileSync(command, args, { cwd: directory, env, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    throw new Error(`${command} ${args.join(' ')}\n${error.stdout}${error.stderr}`, {
      cause: error,
    });
  }
}

function requireEqual(template, expected) {
  const keys = new Set([...Object.keys(expected.Resources), ...Object.keys(template.Resources)]);
  const different = [...keys].filter(
    (key) => !isDeepStrictEqual(template.Resources[key], expected.Resources[key]),
  );
  if (!isDeepStrictEqual(template, expected)) {
    throw new Error(`the templates must be equal, got different: ${different.join(', ')}`);
  }
}

async function check(name, body) {
  try {
    await body();
    passed += 1;
    console.log(`passed  ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`failed  ${name}\n${error.message}`);
  }
}
