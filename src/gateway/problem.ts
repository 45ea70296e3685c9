import type { z } from 'zod';
import type { Problem } from '../contract/gateway-api.ts';
import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';

/** A refusal that knows its HTTP status. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
  readonly problem: Problem;

  constructor(status: number, failure: FailureType, more: Pick<Problem, 'detail'> & Partial<Problem>) {
    super(more.detail);
    this.problem = { title: TITLES[status] ?? 'Refused', status, failure, problems: [], ...more };
  }
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not authorised',
  403: 'Forbidden',
  404: 'Not found',
  413: 'Too large',
  415: 'Unsupported content',
  500: 'Internal error',
  503: 'Unavailable',
  507: 'Disk full',
};

const STATUS: Partial<Record<FailureType, number>> = {
  BadInput: 400,
  AccessDenied: 401,
  WorkspaceLost: 404,
  Refused: 413,
  DiskFull: 507,
  ResourceShortage: 503,
};

/** The value, or a refusal that lists all its mistakes (the first 20 of them). */
export function parseOrRefuse<T extends z.ZodType>(schema: T, value: unknown, what: string): z.infer<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  throw new RequestRefused(400, FailureType.BadInput, {
    detail: `The ${what} has ${problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`}.`,
    problems: problems.slice(0, 20),
  });
}

/** Whatever a route threw, as what its caller is told: nothing of what is unexpected leaves the process. */
export function toProblem(error: unknown): Problem {
  if (error instanceof RequestRefused) return error.problem;
  if (error instanceof TypedError) {
    const status = STATUS[error.type] ?? 500;
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    return {
      title: TITLES[status] ?? 'Refused',
      status,
      failure: error.type,
      detail: error.message,
      ...hint,
      problems: [],
    };
  }
  const status = statusOf(error);
  const failure = status < 500 ? FailureType.BadInput : FailureType.Unexpected;
  const detail = status < 500 && error instanceof Error ? error.message : 'The gateway failed; its log says why.';
  return { title: TITLES[status] ?? 'Refused', status, failure, detail, problems: [] };
}

/** The HTTP library marks its own refusals with a status. */
function statusOf(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return 500;
  const { statusCode } = error;
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : 500;
}
