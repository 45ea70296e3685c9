import { condition, defineQuery, defineSignal, setHandler } from '@temporalio/workflow';

/** Waits for the signal `release` and returns its word. */
export async function waiting(): Promise<string> {
  let word: string | undefined;
  setHandler(defineQuery<boolean>('isWaiting'), () => word === undefined);
  setHandler(defineSignal<[string]>('release'), (given) => {
    word = given;
  });
  await condition(() => word !== undefined);
  return word ?? '';
}
