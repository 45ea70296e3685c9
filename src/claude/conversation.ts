import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** What we remember of one conversation between runs, beside Claude Code's own transcript. */
const Notes = z.object({
  /** 0 for the conversation under the workflow's id, +1 for each that was lost. */
  family: z.int().min(0).default(0),
  /** The turn that was begun last and has not ended. */
  openTurn: z.string().nullable().default(null),
  /** Claude Code's own figure for the current family: it goes on over resumes. */
  cumulativeUsd: z.number().min(0).default(0),
  /** Weighted tokens behind that figure. */
  cumulativeUnits: z.number().min(0).default(0),
  /** Spent and not yet part of a report. */
  unsettledUsd: z.number().min(0).default(0),
  /** Weighted tokens of runs that ended without a result: Claude Code forgets these when it is killed, not when it is asked to end. */
  unpricedUnits: z.number().min(0).default(0),
  /** Weighted tokens of the run at work. */
  runningUnits: z.number().min(0).default(0),
  /** Reports of completed turns, by turn. */
  reports: z.record(z.string(), z.unknown()).default({}),
});
type Notes = z.infer<typeof Notes>;

/** The lasting side of a conversation: which id it has, what it cost, which turns are done. */
export interface Conversation {
  /** The id to use at Claude Code now. */
  readonly id: string;
  readonly openTurn: string | null;
  readonly family: number;
  /** Whether Claude Code has a transcript to resume. */
  hasTranscript(): Promise<boolean>;
  begin(turn: string): Promise<void>;
  /** Counts tokens as they are used, so that a kill does not make them free. */
  use(units: number): Promise<void>;
  /** Takes over the figures of a result: what all calls of the family cost, and their weighted tokens. */
  account(total: { readonly costUsd: number; readonly units: number }): Promise<void>;
  /** Gives the conversation up: the next run begins a new one. */
  abandon(): Promise<void>;
  readonly unsettledUsd: number;
  report(turn: string): unknown;
  /** Ends the turn and settles its cost, in one step. */
  settle(turn: string, report: unknown): Promise<void>;
  /** Settles the cost without ending the turn. */
  settleCost(): Promise<void>;
  /** Resolves when everything noted so far is on disk. */
  flush(): Promise<void>;
}

/** Opens the notes on a conversation in the task's Claude folder; unreadable notes count as none. */
export async function openConversation(claudeDir: string, sessionId: string): Promise<Conversation> {
  const folder = join(claudeDir, 'taskfleet');
  const file = join(folder, `${sessionId}.json`);
  const notes = await readNotes(file);
  notes.unpricedUnits += notes.runningUnits;
  notes.runningUnits = 0;
  let writing = Promise.resolve();
  const save = (): Promise<void> => {
    writing = writing.catch(() => undefined).then(() => writeNotes(folder, file, notes));
    return writing;
  };
  return {
    get id() {
      return familyId(sessionId, notes.family);
    },
    get openTurn() {
      return notes.openTurn;
    },
    get family() {
      return notes.family;
    },
    get unsettledUsd() {
      return notes.unsettledUsd;
    },
    hasTranscript: () => findTranscript(claudeDir, familyId(sessionId, notes.family)),
    begin(turn) {
      notes.openTurn = turn;
      return save();
    },
    use(units) {
      notes.runningUnits += units;
      return save();
    },
    account(total) {
      // a figure below the last one is of a call that began to count anew
      const goesOn = total.costUsd >= notes.cumulativeUsd;
      const spent = goesOn ? total.costUsd - notes.cumulativeUsd : total.costUsd;
      const counted = goesOn ? total.units - notes.cumulativeUnits : total.units;
      const unitPrice = total.units > 0 ? total.costUsd / total.units : 0;
      // what it took over from a run without a result is in its figure already
      const missing = Math.max(0, notes.runningUnits + notes.unpricedUnits - counted);
      notes.unsettledUsd += spent + Math.min(missing, notes.unpricedUnits) * unitPrice;
      notes.cumulativeUsd = total.costUsd;
      notes.cumulativeUnits = total.units;
      notes.runningUnits = 0;
      if (unitPrice > 0) notes.unpricedUnits = 0;
      return save();
    },
    abandon() {
      notes.family += 1;
      notes.cumulativeUsd = 0;
      notes.cumulativeUnits = 0;
      return save();
    },
    report: (turn) => notes.reports[turn],
    settle(turn, report) {
      notes.reports[turn] = report;
      notes.openTurn = null;
      notes.unsettledUsd = 0;
      return save();
    },
    settleCost() {
      notes.unsettledUsd = 0;
      return save();
    },
    flush: () => save(),
  };
}

async function readNotes(file: string): Promise<Notes> {
  try {
    return Notes.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return Notes.parse({});
  }
}

async function writeNotes(folder: string, file: string, notes: Notes): Promise<void> {
  await mkdir(folder, { recursive: true });
  const draft = `${file}.${process.pid}.tmp`;
  await writeFile(draft, JSON.stringify(notes));
  await rename(draft, file);
}

/** The id of the n-th conversation that stands for the same session: derived, so that every host finds the same. */
export function familyId(sessionId: string, family: number): string {
  if (family === 0) return sessionId;
  const hex = createHash('sha256').update(`${sessionId}#${family}`).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

async function findTranscript(claudeDir: string, id: string): Promise<boolean> {
  const projects = join(claudeDir, 'projects');
  for (const project of await readdir(projects).catch(() => [])) {
    const size = await stat(join(projects, project, `${id}.jsonl`)).then(
      (found) => found.size,
      () => 0,
    );
    if (size > 0) return true;
  }
  return false;
}
