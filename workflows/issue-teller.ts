import { log } from '@temporalio/workflow';
import type { IssueNotice, TaskFrame } from '../src/contract/activities.ts';
import { causeOf } from './failure-cause.ts';
import { control } from './proxies.ts';

/**
 * Keeps the issue up to date beside the work: no stage waits for a comment, and an issue that cannot be told holds up
 * none. One notice at a time, so that the issue shows the latest.
 */
export class IssueTeller {
  private readonly frame: TaskFrame;
  private told: Promise<void> | null = null;

  constructor(frame: TaskFrame) {
    this.frame = frame;
  }

  say(summary: string, notice: IssueNotice): void {
    const tell = (): Promise<void> => control(summary).tellIssue({ frame: this.frame, notice });
    // the first is on its way at once, not a step later
    const telling = this.told === null ? tell() : this.told.then(tell);
    this.told = telling.catch((error: unknown) => log.warn('issue not told', { cause: causeOf(error).message }));
  }

  /** Resolves when all is told or given up: what is said afterwards is the last word. */
  async end(): Promise<void> {
    await this.told;
  }
}
