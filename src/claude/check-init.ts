import { realpathSync } from 'node:fs';
import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';
import { asText } from './as-text.ts';
import type { StreamMessage } from './recording.ts';

/** The oldest Claude Code whose stream and options this was written for. */
const MINIMUM_CLAUDE_VERSION = '2.1.330';

/** The tool that Claude Code adds by itself where a structured answer is asked for. */
const ADDED_TOOLS = new Set(['StructuredOutput']);

export interface ExpectedInit {
  readonly cwd: string;
  readonly permissionMode: string;
  readonly tools: readonly string[];
  /** The version it must be, where it is known; any from the oldest on where it is not. */
  readonly version?: string | undefined;
}

/** Checks what Claude Code says of itself at the start; throws TypedError `ConfigError` when it is not what was asked for. */
export function checkInit(init: StreamMessage, expected: ExpectedInit): void {
  const problems = findProblems(init, expected);
  if (problems.length === 0) return;
  throw new TypedError(FailureType.ConfigError, `Claude Code did not start as it was told: ${problems.join('; ')}.`, {
    hint: `Use Claude Code ${MINIMUM_CLAUDE_VERSION} or newer, or leave 'claude.executable' unset to take the one that comes along; 'npm ci' puts that right.`,
  });
}

function findProblems(init: StreamMessage, expected: ExpectedInit): string[] {
  const version = asText(init['claude_code_version'], 'unknown');
  const mode = asText(init['permissionMode'], 'unknown');
  const cwd = asText(init['cwd'], 'an unknown folder');
  const extra = namesOf(init['tools']).filter((tool) => !expected.tools.includes(tool) && !ADDED_TOOLS.has(tool));
  const servers = init['mcp_servers'];
  const checks: readonly (readonly [boolean, string])[] = [
    [isAtLeast(version, MINIMUM_CLAUDE_VERSION), `its version is ${version}`],
    [expected.version === undefined || version === expected.version, `it is not ${expected.version}, which came along`],
    [mode === expected.permissionMode, `its permission mode is ${mode}`],
    [isSamePath(cwd, expected.cwd), `it works in ${cwd}`],
    [extra.length === 0, `it has more tools than it was given: ${extra.join(', ')}`],
    [!Array.isArray(servers) || servers.length === 0, 'it loaded MCP servers'],
  ];
  return checks.filter(([isMet]) => !isMet).map(([, problem]) => problem);
}

/** Compares dotted versions by number. */
export function isAtLeast(version: string, minimum: string): boolean {
  const left = version.split('.').map((part) => Number.parseInt(part, 10));
  const right = minimum.split('.').map((part) => Number.parseInt(part, 10));
  for (const [index, wanted] of right.entries()) {
    const actual = left[index] ?? 0;
    if (Number.isNaN(actual)) return false;
    if (actual !== wanted) return actual > wanted;
  }
  return true;
}

function isSamePath(actual: string, wanted: string): boolean {
  if (actual === wanted) return true;
  try {
    return realpathSync(actual) === realpathSync(wanted);
  } catch {
    return false;
  }
}

function namesOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((name): name is string => typeof name === 'string') : [];
}
