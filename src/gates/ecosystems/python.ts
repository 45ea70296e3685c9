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
  const lint = findLinter(files, project);
  const types = findTypeChecker(files, project, said);
  // without tests there may soon be some
  const tools = [runner ? runner.tool : 'pytest', lint && 'ruff', types && 'mypy'].filter((one) => one !== undefined);
  return { setup: findInstall(files, project, requirements, tools), lint, types, tests: runner?.command };
}

function findLinter(files: RepositoryFiles, project: string): string | undefined {
  const isSetUp = hasTable(project, 'tool.ruff') || files.has('ruff.toml') || files.has('.ruff.toml');
  return isSetUp ? `${PYTHON} -m ruff check .` : undefined;
}

function findTypeChecker(files: RepositoryFiles, project: string, said: string): string | undefined {
  if (!hasTable(project, 'tool.mypy') && !files.has('mypy.ini') && !/^\[mypy\]/m.test(said)) return undefined;
  const namesFiles = /^(files|packages|modules)\s*=/m.test(said + (files.read('mypy.ini') ?? ''));
  return namesFiles ? `${PYTHON} -m mypy` : `${PYTHON} -m mypy .`;
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
  const what = [...packageItself(files, project), ...requirements.flatMap((path) => ['-r', path]), ...tools];
  const make = `[ -x ${PYTHON} ] || python3 -m venv .venv`;
  const pip = `${PYTHON} -m pip install -q --disable-pip-version-check`;
  const plain = what.length > 0 ? [make, `${pip} ${what.join(' ')}`] : [make];
  const either = `{ ${plain.join('; } && { ')}; }`;
  const add = (install: string): string => (tools.length > 0 ? ` && ${install} ${tools.join(' ')}` : '');
  if (files.has('uv.lock')) {
    const sync = `uv sync -q --frozen --all-extras --all-groups${add('uv pip install -q')}`;
    return [`if command -v uv >/dev/null; then ${sync}; else ${either}; fi`];
  }
  if (files.has('poetry.lock')) {
    const poetry = `POETRY_VIRTUALENVS_IN_PROJECT=true poetry install -q --all-extras${add(pip)}`;
    return [`if command -v poetry >/dev/null; then ${poetry}; else ${either}; fi`];
  }
  return plain;
}

function packageItself(files: RepositoryFiles, project: string): string[] {
  const tables = ['project', 'build-system'].some((name) => hasTable(project, name));
  if (!tables && !files.has('setup.py') && !files.has('setup.cfg')) return [];
  const extras = tableKeys(project, 'project.optional-dependencies').filter((key) => TEST_EXTRAS.test(key));
  return ['-e', extras.length > 0 ? `".[${extras.join(',')}]"` : '.'];
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
