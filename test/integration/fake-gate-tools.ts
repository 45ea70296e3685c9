import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ArtifactStore } from '../../src/artifacts/artifact-store.ts';
import type { LogEntry, TaskLog } from '../../src/contract/log-entry.ts';
import { createProcessTrees } from '../../src/process/create-process-trees.ts';
import type { Isolation } from '../../src/process/bubblewrap.ts';
import type { ProcessTrees } from '../../src/process/process-trees.ts';

export interface GateFixture {
  readonly trees: ProcessTrees;
  readonly artifacts: ArtifactStore;
  readonly log: TaskLog;
  readonly stored: Map<string, Buffer>;
  readonly entries: Omit<LogEntry, 'at' | 'level'>[];
  /** A fresh folder with these files. */
  folder(files?: Record<string, string>): string;
  readonly env: Record<string, string>;
}

/** Real processes and folders; artifacts and log lines are kept in memory to be looked at. */
export async function openGateFixture(isolation: Isolation): Promise<GateFixture> {
  const root = mkdtempSync(join(tmpdir(), 'gates-'));
  const stored = new Map<string, Buffer>();
  const entries: GateFixture['entries'] = [];
  let count = 0;
  const folder = (files: Record<string, string> = {}): string => {
    count += 1;
    const path = join(root, String(count));
    mkdirSync(path);
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(path, name)), { recursive: true });
      writeFileSync(join(path, name), content);
    }
    return path;
  };
  return {
    trees: await createProcessTrees({ owner: root, isolation }),
    artifacts: {
      async put(content) {
        const digest = createHash('sha256').update(content).digest('hex');
        stored.set(digest, content);
        return digest;
      },
      async get(digest) {
        return stored.get(digest) ?? Buffer.alloc(0);
      },
    },
    log: {
      append: (_, { source, name, text }) => void entries.push({ source, ...(name && { name }), text }),
      flush: async () => undefined,
    },
    stored,
    entries,
    folder,
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: folder(), CI: 'true', NO_COLOR: '1' },
  };
}
