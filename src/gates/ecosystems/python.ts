import type { RepositoryFiles } from '../repository-files.ts';
import type { Findings } from './ecosystem.ts';

const PYTHON = '.venv/bin/python';
const CONFIGS = ['pyproject.toml', 'setup.cfg', 'setup.py', 'tox.ini', 'pytest.ini', 'noxfile.py'];
const REQUIREMENTS = [
  'requirements.txt',
  ...['dev', 'test', 'tests', 'testing'].flatMap((kind) => [
    `requirements-${kind}.txt`,
    `requirements_${kind}.txt`,
    `${kind}-requirements.txt`,
    `requirements/${kind}.txt`,
  ]),
];
const TEST_FILE = /(^|\/)(test_[^/]*|[^/]*_test|tests?)\.py$/;
const TEST_EXTRAS = /^(tests?|testing|dev|develop)$/;

/** Python by pytest, unittest or tox, in a virtual environment `.venv` of the workspace. */
export function findPython(files: RepositoryFiles): Findings | undefined {
  const requirements = REQUIREMENTS.filter((path) => files.has(path));
  const configs = CONFIGS.filter((path) => files.has(path));
  if (configs.length === 0 && requirements.length === 0) return undefined;
  const project = files.read('pyproject.toml') ?? '';
  const said = [...configs, ...requirements].map((path) => files.read(path) ?? '').join('\n');
  const runner = chooseRunner(files, said);
  const isLinted = hasTable(project, 'tool.ruff') || files.has('ruff.toml') || files.has('.ruff.toml');
  const isTyped = hasTable(project, 'tool.mypy') || files.has('mypy.ini') || /^\[mypy\]/m.test(said);
  // without tests there may soon be some
  const tools = [runner ? runner.tool : 'pytest', isLinted ? 'ruff' : undefined, isTyped ? 'mypy' : undefined].filter(
    (one) => one !== undefined,
  );
  return {
    setup: findInstall(files, project, requirements, tools),
    lint: isLinted ? `${PYTHON} -m ruff check .` : undefined,
    types: isTyped ? `${PYTHON} -m mypy ${/^(files|packages|modules)\s*=/m.test(said) ? '' : '.'}`.trim() : undefined,
    tests: runner?.command,
  };
}

function chooseRunner(files: RepositoryFiles, said: string): { command: string; tool: string | undefined } | undefined {
  const pytest = { command: `${PYTHON} -m pytest`, tool: 'pytest' };
  if (/\bpytest\b/.test(said) || files.list(/(^|\/)conftest\.py$/).length > 0) return pytest;
  const tests = files.list(TEST_FILE).map((path) => files.read(path) ?? '');
  if (tests.length === 0) return files.has('tox.ini') ? { command: `${PYTHON} -m tox -q`, tool: 'tox' } : undefined;
  // what comes with Python will do for these: pytest would run them as well, but has to be installed
  const isUnittest =
    tests.some((text) => /^\s*(import|from) unittest\b/m.test(text)) &&
    !tests.some((text) => /^\s*(import|from) pytest\b|^def test_/m.test(text));
  if (!isUnittest) return pytest;
  const folder = ['tests', 'test'].find((name) => files.has(name));
  const start = folder ? ` -s ${folder}${files.has(`${folder}/__init__.py`) ? ' -t .' : ''}` : '';
  return { command: `${PYTHON} -m unittest discover${start}`, tool: undefined };
}

function findInstall(files: RepositoryFiles, project: string, requirements: string[], tools: string[]): string[] {
  const isPackage =
    files.has('setup.py') ||
    files.has('setup.cfg') ||
    hasTable(project, 'project') ||
    hasTable(project, 'build-system');
  const extras = isPackage
    ? tableKeys(project, 'project.optional-dependencies').filter((key) => TEST_EXTRAS.test(key))
    : [];
  const what = [
    ...(isPackage ? ['-e', extras.length > 0 ? `".[${extras.join(',')}]"` : '.'] : []),
    ...requirements.flatMap((path) => ['-r', path]),
    ...tools,
  ];
  const make = `[ -x ${PYTHON} ] || python3 -m venv .venv`;
  const install =
    what.length > 0 ? `${PYTHON} -m pip install -q --disable-pip-version-check ${what.join(' ')}` : undefined;
  const plain = install ? `{ ${make}; } && ${install}` : make;
  const add = tools.length > 0 ? ` && uv pip install -q ${tools.join(' ')}` : '';
  if (files.has('uv.lock')) {
    return [`if command -v uv >/dev/null; then uv sync -q --frozen --all-extras --all-groups${add}; else ${plain}; fi`];
  }
  if (files.has('poetry.lock')) {
    const poetry = 'POETRY_VIRTUALENVS_IN_PROJECT=true poetry install -q --all-extras';
    const more = tools.length > 0 ? ` && ${PYTHON} -m pip install -q ${tools.join(' ')}` : '';
    return [`if command -v poetry >/dev/null; then ${poetry}${more}; else ${plain}; fi`];
  }
  return install ? [make, install] : [make];
}

function hasTable(toml: string, name: string): boolean {
  return new RegExp(`^\\[${name.replaceAll('.', '\\.')}(\\.[^\\]]*)?\\]`, 'm').test(toml);
}

/** The keys directly below a table's header: enough of TOML for names of extras. */
function tableKeys(toml: string, name: string): string[] {
  const lines = toml.split(/\r?\n/);
  const from = lines.indexOf(`[${name}]`);
  if (from < 0) return [];
  const length = lines.slice(from + 1).findIndex((line) => line.startsWith('['));
  const body = length < 0 ? lines.slice(from + 1) : lines.slice(from + 1, from + 1 + length);
  return body.flatMap((line) => /^["']?([A-Za-z0-9_-]+)["']?\s*=/.exec(line)?.[1] ?? []);
}
