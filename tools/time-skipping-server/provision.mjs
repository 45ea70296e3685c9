import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const pom = fileURLToPath(new URL('pom.xml', import.meta.url));
const launcher = fileURLToPath(new URL('temporal-test-server.sh', import.meta.url));

/** Where the server of this pom.xml lies, or will: a folder for each version (test/support/time-skipping-server.ts looks there). */
export function testServerFolder() {
  const { TASKFLEET_CACHE_DIR, XDG_CACHE_HOME } = process.env;
  const cache = TASKFLEET_CACHE_DIR || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'taskfleet');
  const [, version] =
    /<artifactId>temporal-test-server<\/artifactId>\s*<version>([^<]+)</.exec(readFileSync(pom, 'utf8')) ?? [];
  return join(cache, `time-skipping-server-${version}`);
}

/** The executable for `TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path' } } })`. */
export function testServerPath() {
  return join(testServerFolder(), 'temporal-test-server');
}

/** Fetches the jars from Maven Central once (38 MB). Needs Maven and Java 11 or newer. */
export function provisionTestServer({ say, run }) {
  const folder = testServerFolder();
  if (existsSync(testServerPath())) return;
  say('fetching the time-skipping test server (Maven, 38 MB, once) …');
  const draft = `${folder}.${process.pid}`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  const args = ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${draft}/lib`];
  run('mvn', [...args, '-DincludeScope=runtime'], 'the jars could not be fetched: see above what Maven says');
  copyFileSync(launcher, join(draft, 'temporal-test-server'));
  try {
    renameSync(draft, folder);
  } catch (error) {
    // another run was faster
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(testServerPath())) throw error;
  }
}
