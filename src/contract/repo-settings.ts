import { z } from 'zod';

const command = z.string().min(1).max(2000);
const name = z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, 'lower-case letters, digits and dashes');

/** One quality gate set by hand. */
export const GateSetting = z.strictObject({
  name,
  command,
  timeoutSeconds: z.int().min(1).max(86_400).default(900),
});
export type GateSetting = z.infer<typeof GateSetting>;

/** A process that the repository's tests need, started for each task on ports of its own. */
export const ServiceSetting = z.strictObject({
  name,
  /** Run by a shell with TASKFLEET_PORT_BASE and the repository's environment set. */
  command,
  /** Offset from TASKFLEET_PORT_BASE of the port that must accept connections before work begins. */
  readyPort: z.int().min(0).max(99).optional(),
  readySeconds: z.int().min(1).max(600).default(30),
});
export type ServiceSetting = z.infer<typeof ServiceSetting>;

/** What the operator says of one repository. Each field has a default that suits most. */
export const RepoSettings = z.strictObject({
  /** Branch to start from and to merge into; the repository's default branch where not given. */
  base: z.string().min(1).max(200).optional(),
  /** Specialty for all its tasks. */
  specialty: z.string().min(1).max(60).optional(),
  /** Commands run in a new workspace before the session; found from the repository where not given. */
  setup: z.array(command).max(20).optional(),
  /** Environment of set-up, services, session and gates. */
  env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string()).default({}),
  services: z.array(ServiceSetting).max(10).default([]),
  /** How many ports each task gets, from TASKFLEET_PORT_BASE upwards. */
  ports: z.int().min(0).max(100).default(10),
  /** Gates by hand; found from the repository where not given. */
  gates: z.array(GateSetting).max(20).optional(),
  gateTimeoutSeconds: z.int().min(1).max(86_400).default(900),
  /** More patterns (gitignore syntax) that never enter a commit. */
  exclude: z.array(z.string().min(1)).max(100).default([]),
  /** Whether a gate that is red on the base as well holds up the change. */
  baseRed: z.enum(['accept', 'block']).default('accept'),
});
export type RepoSettings = z.infer<typeof RepoSettings>;
