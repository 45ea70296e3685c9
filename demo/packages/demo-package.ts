import type { z } from 'zod';
import type { RepoSettings } from '../../src/contract/repo-settings.ts';

/** A published package at a version with a known defect, and the issue that a user of it would file. */
export interface DemoPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly registry: 'npm' | 'pypi';
  /** File name of the published archive, and its sha256 in hex: what arrives must match. */
  readonly archive: { readonly file: string; readonly sha256: string };
  /** What the publishing tool wrote into the archive and no repository would hold. */
  readonly omit: readonly string[];
  /** `owner/name` on the emulated forge. */
  readonly repo: string;
  /** The operator's settings for it; everything is found from the repository where there are none. */
  readonly settings?: z.input<typeof RepoSettings>;
  readonly issue: { readonly title: string; readonly body: string; readonly labels: readonly string[] };
  /** Where the fleet must send the issue. */
  readonly specialty: string;
  /** Our own check of a pushed branch, independent of the gates that the fleet ran. */
  readonly check: {
    readonly setup: readonly string[];
    readonly suite: string;
    /** Paths (or folders, ending in `/`) that hold tests: put alone onto the base, they must fail there. */
    readonly tests: readonly string[];
  };
}
