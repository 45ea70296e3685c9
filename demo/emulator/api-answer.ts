import type { ServerResponse } from 'node:http';

export interface ApiAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON; none for an answer without a body. */
  readonly body?: unknown;
}

export function refuse(
  status: number,
  message: string,
  more: { errors?: unknown[]; headers?: Record<string, string> } = {},
): ApiAnswer {
  const documentation = 'https://docs.github.com/rest';
  return {
    status,
    ...(more.headers && { headers: more.headers }),
    body: {
      message,
      ...(more.errors && { errors: more.errors }),
      documentation_url: documentation,
      status: String(status),
    },
  };
}

export function sendAnswer(response: ServerResponse, answer: ApiAnswer): void {
  response.writeHead(answer.status, { 'content-type': 'application/json; charset=utf-8', ...answer.headers });
  response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body));
}
