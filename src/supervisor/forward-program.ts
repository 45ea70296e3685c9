import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** Runs a program with this process's own terminal, and resolves to the exit code a shell would show. */
export function forwardProgram(program: {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program.command, [...program.args], { stdio: 'inherit', env: { ...program.env } });
    // the terminal sends Ctrl-C to both: it is the program's to answer
    const pass = (signal: NodeJS.Signals): void => void (process.stdin.isTTY || child.kill(signal));
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, pass);
    const done = (): void => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, pass);
    };
    child.on('error', (error) => {
      done();
      reject(error);
    });
    child.on('close', (code, signal) => {
      done();
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}
