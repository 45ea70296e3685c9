import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { findGates, type FoundGates } from './find-gates.ts';

const SETTINGS = { gateTimeoutSeconds: 60 };
const NPM_TEST = { scripts: { test: 'node --test' } };

function tree(files: Record<string, string | object>): string {
  const root = mkdtempSync(join(tmpdir(), 'tree-'));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return root;
}

function commands(found: FoundGates): Record<string, string> {
  return Object.fromEntries(found.gates.map((gate) => [gate.name, gate.command]));
}

interface Case {
  readonly of: string;
  readonly files: Record<string, string | object>;
  readonly gates: Record<string, string>;
  /** Parts that the set-up commands, joined, must have. */
  readonly setup?: string[];
}

const CASES: Case[] = [
  {
    of: 'npm with a lockfile and all scripts',
    files: {
      'package.json': { scripts: { lint: 'eslint .', typecheck: 'tsc', test: 'jest' }, devDependencies: { jest: '1' } },
      'package-lock.json': '{}',
    },
    gates: { lint: 'npm run lint', types: 'npm run typecheck', tests: 'npm test' },
    setup: ['npm ci --no-audit --no-fund'],
  },
  {
    of: 'npm without a lockfile',
    files: { 'package.json': { ...NPM_TEST, devDependencies: { tap: '~0.4.0' } } },
    gates: { tests: 'npm test' },
    setup: ['npm install --no-audit --no-fund --no-package-lock'],
  },
  { of: 'npm without dependencies', files: { 'package.json': NPM_TEST }, gates: { tests: 'npm test' }, setup: [] },
  {
    of: "npm's default test script",
    files: { 'package.json': { scripts: { test: 'echo "Error: no test specified" && exit 1', 'test:unit': 'mocha' } } },
    gates: { tests: 'npm run test:unit' },
  },
  {
    of: 'pnpm by its lockfile',
    files: { 'package.json': NPM_TEST, 'pnpm-lock.yaml': "lockfileVersion: '6.0'\n" },
    gates: { tests: 'pnpm test' },
    setup: ['pnpm@8', 'pnpm install --frozen-lockfile'],
  },
  {
    of: 'yarn by packageManager, its digest left out',
    files: { 'package.json': { ...NPM_TEST, packageManager: 'yarn@4.5.0+sha512.abc' }, 'yarn.lock': '__metadata:\n' },
    gates: { tests: 'yarn test' },
    setup: ['@yarnpkg/cli-dist@4.5.0', 'yarn install --immutable'],
  },
  {
    of: 'a hostile packageManager',
    files: { 'package.json': { ...NPM_TEST, packageManager: 'pnpm@1.0.0;touch /tmp/x' } },
    gates: { tests: 'pnpm test' },
    setup: ['pnpm@1.0.0\npnpm install --no-lockfile'],
  },
  {
    of: 'the TypeScript compiler where no script runs it',
    files: { 'package.json': { ...NPM_TEST, devDependencies: { typescript: '5' } }, 'tsconfig.json': '{}' },
    gates: { types: 'node_modules/.bin/tsc --noEmit -p .', tests: 'npm test' },
  },
  {
    of: 'pytest with extras and tools',
    files: {
      'pyproject.toml':
        '[project]\nname = "x"\n[project.optional-dependencies]\ntest = ["pytest"]\ndocs = []\n[tool.ruff]\n[tool.mypy]\n',
      'tests/test_x.py': 'def test_x(): pass\n',
    },
    gates: {
      lint: '.venv/bin/python -m ruff check .',
      types: '.venv/bin/python -m mypy .',
      tests: '.venv/bin/python -m pytest',
    },
    setup: ['python3 -m venv .venv', '-e ".[test]" pytest ruff mypy'],
  },
  {
    of: 'unittest in a package of tests',
    files: { 'setup.py': '', 'tests/__init__.py': '', 'tests/test_x.py': 'import unittest\n' },
    gates: { tests: '.venv/bin/python -m unittest discover -s tests -t .' },
    setup: ['-e .'],
  },
  {
    of: 'requirements and tests by function',
    files: { 'requirements.txt': 'six\n', 'requirements-dev.txt': '', 'test_x.py': 'def test_x(): pass\n' },
    gates: { tests: '.venv/bin/python -m pytest' },
    setup: ['-r requirements.txt -r requirements-dev.txt pytest'],
  },
  {
    of: 'uv',
    files: { 'pyproject.toml': '[project]\nname = "x"\n[tool.pytest.ini_options]\n', 'uv.lock': '' },
    gates: { tests: '.venv/bin/python -m pytest' },
    setup: ['uv sync', 'uv pip install -q pytest', 'else { [ -x .venv/bin/python ]'],
  },
  {
    of: 'tox alone',
    files: { 'tox.ini': '[testenv]\ncommands = trial\n', 'setup.cfg': '[metadata]\n' },
    gates: { tests: '.venv/bin/python -m tox -q' },
    setup: ['-e . tox'],
  },
  {
    of: 'go',
    files: { 'go.mod': 'module x\n', 'pkg/x_test.go': '' },
    gates: { lint: 'go vet ./...', tests: 'go test ./...' },
    setup: ['go mod download'],
  },
  {
    of: 'cargo',
    files: { 'Cargo.toml': '', 'Cargo.lock': '' },
    gates: { lint: expect.stringContaining('cargo clippy') as never, tests: 'cargo test' },
    setup: ['cargo fetch --locked'],
  },
  { of: 'maven', files: { 'pom.xml': '', mvnw: '' }, gates: { tests: 'mvn -q -B test' }, setup: [] },
  {
    of: 'gradle',
    files: { 'build.gradle.kts': '', gradlew: '' },
    gates: { tests: 'sh gradlew --no-daemon --console=plain test' },
  },
  {
    of: 'make alone',
    files: { Makefile: 'lint := x\ntests: all\n\ttrue\ncheck:\n\ttrue\n' },
    gates: { tests: 'make tests' },
    setup: [],
  },
  {
    of: 'make beside something that says more',
    files: { 'package.json': NPM_TEST, Makefile: 'lint:\n\ttrue\ntest:\n\tnpm test\n' },
    gates: { tests: 'npm test' },
  },
  {
    of: 'two build tools at once',
    files: { 'package.json': NPM_TEST, 'go.mod': 'module x\n', 'x_test.go': '' },
    gates: { lint: 'go vet ./...', tests: 'npm test', 'tests-go': 'go test ./...' },
    setup: ['go mod download'],
  },
  {
    of: 'a package.json for the formatter beside the real thing',
    files: { 'package.json': { devDependencies: { prettier: '3' } }, 'go.mod': 'module x\n', 'x_test.go': '' },
    gates: { lint: 'go vet ./...', tests: 'go test ./...' },
    setup: ['go mod download'],
  },
];

describe('findGates', () => {
  it.each(CASES)('finds what there is for $of', ({ files, gates, setup }) => {
    const found = findGates(tree(files), SETTINGS);

    expect(commands(found)).toEqual(gates);
    expect(found.lacksTests).toBe(false);
    const text = found.setup.join('\n');
    for (const part of setup ?? []) expect(text).toContain(part);
    if (setup?.length === 0) expect(found.setup).toEqual([]);
    expect(found.gates.every((gate) => gate.timeoutSeconds === 60)).toBe(true);
  });

  it.each([
    ['nothing at all', {}],
    ['a package.json that is not JSON', { 'package.json': '{ "scripts": ' }],
    ['a package.json that is no object', { 'package.json': '[1]' }],
    ['a package.json with odd scripts', { 'package.json': { scripts: ['test'], dependencies: null } }],
    ['a package.json of a megabyte', { 'package.json': `{"scripts":{"test":"${'x'.repeat(1_000_000)}"}}` }],
    ["npm's default test script alone", { 'package.json': { scripts: { test: 'echo "Error: no test specified"' } } }],
    ['go without a test file', { 'go.mod': 'module x\n', 'main.go': '' }],
    ['python without tests', { 'setup.py': '', 'x.py': '' }],
  ])('says that tests are lacking for %s', (_, files) => {
    const found = findGates(tree(files), SETTINGS);

    expect(found.lacksTests).toBe(true);
    expect(commands(found)).not.toHaveProperty('tests');
  });

  it('runs the wrapper of maven where it can be executed', () => {
    const root = tree({ 'pom.xml': '', mvnw: '' });
    chmodSync(join(root, 'mvnw'), 0o755);

    expect(commands(findGates(root, SETTINGS))).toEqual({ tests: './mvnw -q -B test' });
  });

  it('follows no symbolic link out of the repository', () => {
    const root = tree({});
    symlinkSync(join(tree({ 'package.json': NPM_TEST }), 'package.json'), join(root, 'package.json'));
    symlinkSync('/', join(root, 'loop'));

    expect(findGates(root, SETTINGS)).toEqual({ setup: [], gates: [], lacksTests: true });
  });

  it('lets the settings override each half, and takes an empty list of gates for an answer', () => {
    const root = tree({ 'package.json': { ...NPM_TEST, dependencies: { a: '1' } } });
    const gate = { name: 'smoke', command: './smoke', timeoutSeconds: 5 };

    expect(findGates(root, { ...SETTINGS, gates: [gate] })).toMatchObject({ gates: [gate], lacksTests: false });
    expect(findGates(root, { ...SETTINGS, gates: [gate] }).setup).toHaveLength(1);
    expect(findGates(root, { ...SETTINGS, setup: ['true'] })).toMatchObject({ setup: ['true'] });
    expect(findGates(root, { ...SETTINGS, gates: [] })).toMatchObject({ gates: [], lacksTests: false });
  });
});
