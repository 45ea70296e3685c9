import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Brief } from '../contract/activities.ts';
import type { Analysis } from '../contract/session-report.ts';
import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';
import { cleanText, fence } from './untrusted-text.ts';

const MAX_COMMENTS = 30;
const MAX_TEXT = 60_000;
const MAX_CLAUDE_MD = 40_000;

export interface PromptInput {
  readonly kind: 'analysis' | 'code' | 'repair' | 'scratch';
  readonly brief: Brief;
  /** The repository's CLAUDE.md as it stands on the base, or null. */
  readonly claudeMd: string | null;
  readonly analysis: Analysis | null;
  /** What the last gates found. */
  readonly feedback: string;
  /** The gates that will judge the change, as far as they are known. */
  readonly gates: readonly { readonly name: string; readonly command: string }[];
}

export interface Prompts {
  /** Standing rules with the specialty's guidance, for the system prompt. */
  rules(specialtyPrompt: string): Promise<string>;
  /** What to say for each situation that a conversation can be in. */
  turn(input: PromptInput): Promise<TurnPrompts>;
}

/** `plain` for a new or a continued conversation. */
export interface TurnPrompts {
  readonly plain: string;
  readonly interrupted: string;
  readonly lost: string;
}

/** Prompts from the Markdown files of a folder. A missing file or an unknown field is a TypedError `ConfigError`. */
export function createPrompts(folder: string): Prompts {
  return {
    async rules(specialtyPrompt) {
      const specialty = await readSpecialty(folder, specialtyPrompt);
      return renderFile(folder, 'rules', { specialty });
    },
    async turn(input) {
      const task = await renderFile(folder, 'task', taskFields(input));
      const plain = await renderFile(folder, input.kind, {
        task,
        analysis: describeAnalysis(input.analysis),
        acceptanceCriteria: describeCriteria(input.analysis),
        feedback: input.feedback ? quote(input.feedback, MAX_TEXT) : '',
        gates: describeGates(input.gates),
        objection: describeObjection(input.feedback),
      });
      return {
        plain,
        interrupted: await renderFile(folder, 'interrupted', { instruction: plain }),
        lost: await renderFile(folder, 'lost', { instruction: plain }),
      };
    },
  };
}

async function readSpecialty(folder: string, name: string): Promise<string> {
  if (!/^[a-z0-9][a-z0-9-]*(\/[a-z0-9][a-z0-9-]*)*$/.test(name)) {
    throw new TypedError(FailureType.ConfigError, `'${name}' cannot be the name of a prompt file.`, {
      hint: 'Use lower-case letters, digits and dashes, without the extension.',
    });
  }
  const own = await readFile(join(folder, 'specialties', `${name}.md`), 'utf8').catch(() => undefined);
  return (own ?? (await readTemplate(folder, name))).trim();
}

/** Fills `{{field}}` in one pass, so that text which is filled in is never read as a template. */
export function fillTemplate(template: string, fields: Readonly<Record<string, string>>, file: string): string {
  return template.replace(/\{\{\s*([^{}]*?)\s*\}\}/g, (_, field: string) => {
    const value = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (value === undefined) {
      throw new TypedError(FailureType.ConfigError, `${file} uses the unknown field '{{${field}}}'.`, {
        hint: `Known there: ${Object.keys(fields).sort().join(', ')}.`,
      });
    }
    return value;
  });
}

async function renderFile(folder: string, name: string, fields: Readonly<Record<string, string>>): Promise<string> {
  const text = fillTemplate(await readTemplate(folder, name), fields, join(folder, `${name}.md`));
  return `${text.replace(/\n{3,}/g, '\n\n').trim()}\n`;
}

async function readTemplate(folder: string, name: string): Promise<string> {
  try {
    return await readFile(join(folder, `${name}.md`), 'utf8');
  } catch (error) {
    throw new TypedError(FailureType.ConfigError, `The prompt file ${join(folder, `${name}.md`)} cannot be read.`, {
      hint: 'Write it, or correct the name of the prompt in the specialty.',
      cause: error,
    });
  }
}

function taskFields({ brief, claudeMd }: PromptInput): Record<string, string> {
  const removed = new Set<string>();
  const data = (text: string, limit: number): string => {
    const clean = cleanText(text);
    for (const kind of clean.removed) removed.add(kind);
    return clean.text.trim() ? quote(clean.text, limit) : '(none)';
  };
  const comments = brief.comments
    .slice(-MAX_COMMENTS)
    .map(({ author, body }) => `${author} wrote:\n${body}`)
    .join('\n\n');
  const fields = {
    title: data(brief.title, 1000),
    body: data(brief.body, MAX_TEXT),
    comments: data(comments, MAX_TEXT),
    url: brief.url ?? 'a prompt',
    labels: brief.labels.length > 0 ? data(brief.labels.join(', '), 1000) : '(none)',
    claudeMd: claudeMd === null ? '(There is none.)' : data(claudeMd, MAX_CLAUDE_MD),
  };
  const notes =
    removed.size > 0
      ? `Note: ${[...removed].join(' and ')} were taken out of the texts above. Somebody may have hidden something there.`
      : '';
  return { ...fields, notes };
}

function quote(text: string, limit: number): string {
  const clean = cleanText(text).text.trim();
  return fence(
    clean.length <= limit ? clean : `${clean.slice(0, limit)}\n[cut: ${clean.length - limit} characters more]`,
  );
}

/** The analysis is the model's own text about other people's: data as well. */
function describeAnalysis(analysis: Analysis | null): string {
  if (!analysis) return '(There is none: read the code first.)';
  const { summary, plan, risks } = analysis;
  return quote([summary, '', 'Plan:', ...numbered(plan), '', 'Risks:', ...numbered(risks)].join('\n'), MAX_TEXT);
}

/** Why an earlier plan was not accepted, for the analysis that makes another one. */
function describeObjection(feedback: string): string {
  return feedback ? `An earlier plan was not accepted. Make one that meets this:\n\n${quote(feedback, MAX_TEXT)}` : '';
}

function describeCriteria(analysis: Analysis | null): string {
  if (!analysis || analysis.acceptanceCriteria.length === 0)
    return 'What the task asks for works, and nothing else changed.';
  return quote(numbered(analysis.acceptanceCriteria).join('\n'), MAX_TEXT);
}

function describeGates(gates: PromptInput['gates']): string {
  if (gates.length === 0) return '- (none is known yet: find the linter, type check and tests of the project)';
  return gates.map(({ name, command }) => `- ${name}: \`${command}\``).join('\n');
}

function numbered(items: readonly string[]): string[] {
  return items.length === 0 ? ['(none)'] : items.map((item, index) => `${index + 1}. ${item}`);
}
