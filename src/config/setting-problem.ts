/** Where a value came from, in words for a person: `taskfleet.config.yaml:3`, `variable LOG_LEVEL`, `option --slots`. */
export type Origin = string;

/** One thing that is wrong with the configuration. */
export interface SettingProblem {
  readonly origin: Origin;
  /** Dotted path of the setting; empty where the file as a whole is meant. */
  readonly path: string;
  readonly message: string;
}

/** `taskfleet.config.yaml:3: temporal.adress: unknown setting; did you mean 'temporal.address'?` */
export function describeProblem(problem: SettingProblem): string {
  return [problem.origin, problem.path, problem.message].filter((part) => part !== '').join(': ');
}
