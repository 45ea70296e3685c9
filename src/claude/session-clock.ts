import type { Recording } from './recording.ts';

type Ended = NonNullable<Recording['ended']>;

export interface SessionClock {
  /** A sign of life: the silence begins anew. */
  heard(): void;
  stop(): void;
}

/** Calls back once, when the session is cancelled, has lasted too long, or has been silent for too long. */
export function startSessionClock(
  limits: { readonly wallMs: number; readonly silenceMs: number; readonly signal: AbortSignal },
  onEnd: (why: Ended) => void,
): SessionClock {
  const { wallMs, silenceMs, signal } = limits;
  const end = (why: Ended) => () => {
    stop();
    onEnd(why);
  };
  const onAbort = end('cancelled');
  const wall = setTimeout(end('wall'), wallMs);
  const silence = setTimeout(end('stalled'), silenceMs);
  let isRunning = true;
  const stop = (): void => {
    isRunning = false;
    clearTimeout(wall);
    clearTimeout(silence);
    signal.removeEventListener('abort', onAbort);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  return {
    heard() {
      if (isRunning) silence.refresh();
    },
    stop,
  };
}
