/** A repository of the forge. Upper and lower case do not matter. */
export interface ForgeRepo {
  readonly owner: string;
  readonly name: string;
}

export interface ForgeIssue {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  /** Where people look at it. */
  readonly url: string;
  readonly labels: readonly string[];
  /** The newest, oldest first. */
  readonly comments: readonly { readonly author: string; readonly body: string }[];
  /** How many older comments were left out. */
  readonly commentsLeftOut: number;
}

export interface ForgeRepository {
  /** As the forge writes it. */
  readonly owner: string;
  readonly name: string;
  readonly defaultBranch: string;
  readonly archived: boolean;
  /** Whether the token may push; null where the forge does not say. */
  readonly canPush: boolean | null;
}

export interface ForgePullRequest {
  readonly number: number;
  readonly url: string;
  readonly state: 'open' | 'closed' | 'merged';
  readonly title: string;
  readonly body: string;
  /** The branch and the commit that it proposes. */
  readonly head: string;
  readonly headSha: string;
}

/** A label of ours: colour is six hexadecimal digits. */
export interface ForgeLabel {
  readonly name: string;
  readonly colour: string;
  readonly description: string;
}

/** Whose token it is, and what it may do. */
export interface ForgeIdentity {
  /** Null for a token that belongs to no account, such as an app's installation token. */
  readonly login: string | null;
  /** Scopes of a classic token; null where the forge does not say. */
  readonly scopes: readonly string[] | null;
}

/**
 * What taskfleet needs of a forge. Every write can be repeated: what is there is found and made right.
 * Failures are TypedErrors: RepositoryNotFound, IssueNotFound, AccessDenied, RateLimited (with `retryAfterMs`), Network, ForgeFailed.
 */
export interface Forge {
  /** Throws IssueNotFound, IssueClosed or IssueIsPullRequest where there is nothing to work on. */
  readIssue(repo: ForgeRepo, number: number, signal?: AbortSignal): Promise<ForgeIssue>;
  readRepository(repo: ForgeRepo, signal?: AbortSignal): Promise<ForgeRepository>;
  /** The pull request from a branch of the same repository: the open one, else the newest that was closed or merged. */
  findPullRequest(query: {
    readonly repo: ForgeRepo;
    readonly head: string;
    readonly base?: string;
  }): Promise<ForgePullRequest | undefined>;
  /** The newest open pull request whose branch begins with `headPrefix` and whose body holds the mark. */
  findMarkedPullRequest(query: {
    readonly repo: ForgeRepo;
    readonly headPrefix: string;
    readonly marker: string;
  }): Promise<ForgePullRequest | undefined>;
  /** Opens it, or answers with the one that is open for the branch; never a draft. */
  openPullRequest(request: {
    readonly repo: ForgeRepo;
    readonly head: string;
    readonly base: string;
    readonly title: string;
    readonly body: string;
  }): Promise<ForgePullRequest>;
  updatePullRequest(request: {
    readonly repo: ForgeRepo;
    readonly number: number;
    readonly title: string;
    readonly body: string;
  }): Promise<void>;
  /** Writes the one comment that carries the mark and is the token's own: edits it where it is there. */
  upsertComment(request: {
    readonly repo: ForgeRepo;
    readonly issue: number;
    readonly marker: string;
    readonly body: string;
  }): Promise<void>;
  /** Leaves exactly one of our state labels (`taskfleet:…`) on the issue, or none for null; all others stay. */
  setStateLabel(request: {
    readonly repo: ForgeRepo;
    readonly issue: number;
    readonly label: ForgeLabel | null;
  }): Promise<void>;
  /** Adds labels to an issue or pull request, creating those that the repository lacks. */
  addLabels(request: {
    readonly repo: ForgeRepo;
    readonly issue: number;
    readonly labels: readonly ForgeLabel[];
  }): Promise<void>;
  /** Creates the labels that the repository lacks; resolves to the names of those. */
  ensureLabels(repo: ForgeRepo, labels: readonly ForgeLabel[]): Promise<string[]>;
  whoAmI(): Promise<ForgeIdentity>;
}
