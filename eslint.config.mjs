import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** Each third-party client has one place: whoever wants another door to it has to change this table and say why. */
const CLIENTS = {
  '@octokit/rest': ['src/github/client.ts'],
  'simple-git': ['src/git/git.ts'],
  '@anthropic-ai/claude-agent-sdk': ['src/claude/run-claude.ts'],
  '@anthropic-ai/sdk': ['src/claude/verify-key.ts'],
  fastify: ['src/gateway/http-server.ts'],
  pino: ['src/logging/create-logger.ts'],
  'node:child_process': ['src/process/**', 'src/supervisor/**'],
};

const TESTS = ['**/*.test.ts', 'test/**', 'demo/**', 'bench/**'];

function restricted(patterns, allowedClients = []) {
  const paths = Object.keys(CLIENTS)
    .filter((name) => !allowedClients.includes(name))
    .map((name) => ({ name, message: `only ${CLIENTS[name].join(', ')} may import it` }));
  return [
    'error',
    { paths: [...paths, { name: 'child_process', message: 'node:child_process, in src/process' }], patterns },
  ];
}

const layer = (group, message) => ({ regex: group, message });
const NOTHING_ABOVE = layer('(^|/)(workers|src/cli)/|/cli/', 'nothing imports workers or the CLI');
const SANDBOX = [
  NOTHING_ABOVE,
  layer('^node:', 'code that runs in the workflow sandbox has no Node'),
  layer('^@temporalio/(?!workflow|common)', 'code that runs in the workflow sandbox sees workflow and common alone'),
  layer(
    '/(activities|config|git|github|claude|gates|ledger|gateway|process|temporal)/',
    'workflows see domain and contract alone',
  ),
];

export default tseslint.config(
  { ignores: ['node_modules', 'dist', 'coverage', '.cache', '**/*.mjs', 'test/fixtures/**', 'examples/**'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX },
    rules: {
      eqeqeq: 'error',
      complexity: ['error', 10],
      'max-params': ['error', 4],
      'max-lines': ['error', { max: 300 }],
      'no-restricted-imports': restricted([NOTHING_ABOVE]),
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'name what is exported' },
        { selector: 'ExportDefaultDeclaration', message: 'named exports only' },
        { selector: 'TSEnumDeclaration', message: 'a const object and a union of the same name' },
        { selector: "CallExpression[callee.property.name='forEach']", message: 'for…of' },
      ],
      'import-x/no-cycle': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      // our objects are closures, not classes: taking a function out of one is how they are composed
      '@typescript-eslint/unbound-method': 'off',
      // an interface may ask for a promise where one implementation has it at once
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: ['src/domain/**'],
    ignores: TESTS,
    rules: {
      'no-restricted-imports': restricted([
        ...SANDBOX,
        layer('^(zod|@temporalio)|/contract/', 'domain is pure: it imports domain alone'),
      ]),
    },
  },
  { files: ['src/contract/**'], ignores: TESTS, rules: { 'no-restricted-imports': restricted(SANDBOX) } },
  {
    files: ['workflows/**'],
    ignores: TESTS,
    rules: {
      'no-restricted-imports': restricted(SANDBOX),
      'no-restricted-syntax': [
        'error',
        { selector: "Program > VariableDeclaration[kind='let']", message: 'module state outlives a workflow' },
        { selector: 'ExportAllDeclaration', message: 'name what is exported' },
      ],
    },
  },
  { files: ['workers/**', 'src/cli/**'], rules: { 'no-restricted-imports': restricted([]) } },
  // the one place of each client
  ...Object.entries(CLIENTS).map(([name, files]) => ({
    files,
    ignores: TESTS,
    rules: { 'no-restricted-imports': restricted([NOTHING_ABOVE], [name]) },
  })),
  {
    files: TESTS,
    rules: {
      'no-restricted-imports': 'off',
      complexity: 'off',
      'max-params': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
    },
  },
);
