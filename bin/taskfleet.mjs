#!/usr/bin/env node
/**
 * The command line. Plain JavaScript that any Node can read, so that one that is too old is told so in words.
 * In a clone it runs the sources with the clone's own Node; from the published package what was compiled.
 */
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { constants } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];
const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const source = path('../src/cli/main.ts');
const compiled = path('../dist/src/cli/main.js');

if (existsSync(source)) await runClone();
else await runPublished();

async function runClone() {
  const { nodeRuntime } = await import('../tools/node-runtime.mjs');
  let runtime;
  try {
    runtime = nodeRuntime();
  } catch (error) {
    return refuse(error.message);
  }
  if (realpathSync(runtime) === realpathSync(process.execPath)) return runHere(source);
  return runWith(runtime);
}

async function runPublished() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 15)) {
    return refuse(
      `taskfleet needs Node 22.15 or newer and this is ${process.version}. Get one from https://nodejs.org`,
    );
  }
  if (!existsSync(compiled)) return refuse('this installation of taskfleet is incomplete: install it again');
  return runHere(compiled);
}

/** What is experimental in Node is our concern, not that of whoever types a command. */
async function runHere(main) {
  const [print] = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name !== 'ExperimentalWarning') print?.(warning);
  });
  // the processes that this one starts get the same
  const quiet = '--disable-warning=ExperimentalWarning';
  if (!process.execArgv.includes(quiet)) process.execArgv.push(quiet);
  // what was parsed once need not be parsed again: a help text takes a third of the time
  nodeModule.enableCompileCache?.();
  await import(pathToFileURL(main).href);
}

function runWith(runtime) {
  const args = ['--disable-warning=ExperimentalWarning', path('taskfleet.mjs'), ...process.argv.slice(2)];
  const child = spawn(runtime, args, { stdio: 'inherit' });
  // a terminal sends Ctrl-C to both of us: passed on, the child would get it twice and take it for impatience
  const byTerminal = (signal) => process.stdin.isTTY && (signal === 'SIGINT' || signal === 'SIGQUIT');
  for (const signal of SIGNALS) process.on(signal, () => byTerminal(signal) || child.kill(signal));
  child.on('error', (error) => refuse(`${runtime} cannot be started: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 1)));
}

function refuse(message) {
  process.stderr.write(`error: ${message}\n`);
  process.exitCode = 1;
}
