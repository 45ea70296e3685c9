import { join } from 'node:path';
import envPaths from 'env-paths';

/** Where tests find what set-up fetched: the cache of the person who runs them, or TASKFLEET_CACHE_DIR. */
export function testCacheDir(): string {
  return process.env['TASKFLEET_CACHE_DIR'] ?? join(envPaths('taskfleet', { suffix: '' }).cache);
}
