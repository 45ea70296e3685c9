import type { StageStatus } from '../../contract/task-status.ts';
import { duration } from './figures.ts';
import { plainText } from './plain-text.ts';
import type { RenderPlace } from './render-task.ts';
import { stageMark } from './state-color.ts';
import { renderTable } from './table.ts';

/** One line for each stage: mark, name, state, rounds, elapsed time, and what came of it. */
export function renderStages(stages: readonly StageStatus[], { palette, now }: RenderPlace): string[] {
  return renderTable(
    [{ title: ' ' }, { title: 'Stage' }, { title: 'State' }, { title: 'Time', align: 'right' }, { title: 'Result' }],
    stages.map((stage) => [
      stageMark(stage.state, palette),
      stage.rounds > 1 ? `${stage.id} (round ${stage.rounds})` : stage.id,
      stage.state,
      elapsed(stage, now),
      plainText(stage.summary, 90),
    ]),
  );
}

function elapsed(stage: StageStatus, now: Date): string {
  if (stage.startedAt === null) return '';
  const end = stage.endedAt === null ? now.getTime() : Date.parse(stage.endedAt);
  return duration(end - Date.parse(stage.startedAt));
}
