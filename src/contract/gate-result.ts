/** How one gate ended. Only `red`, `timeout` and `missing` count against the change. */
export type GateVerdict = 'green' | 'red' | 'red-on-base' | 'timeout' | 'missing';

/** One gate's result, small enough for Temporal's history: the full output is claim-checked. */
export interface GateResult {
  /** `install`, `lint`, `types`, `tests`, or the name from the configuration. */
  readonly name: string;
  readonly command: string;
  readonly verdict: GateVerdict;
  readonly exitCode: number | null;
  readonly durationMs: number;
  /** One line: `144 passed`, `exit 1`, `no output for 10m`. */
  readonly summary: string;
  /** Digest of the full (capped) output in the artifact store, if there is any. */
  readonly log: string | null;
}

/** All gates of one run as one value. */
export interface GatesReport {
  readonly gates: readonly GateResult[];
  /** What the session must know to repair the red ones: at most 6 KB, empty when all passed. */
  readonly feedback: string;
  readonly durationMs: number;
}

/** Whether the change may not be proposed because of this gate. */
export function blocks(gate: GateResult): boolean {
  return gate.verdict === 'red' || gate.verdict === 'timeout' || gate.verdict === 'missing';
}
