import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startFleetRig, until, type FleetRig } from '../support/fleet-rig.ts';
import { ADD_DOUBLE } from '../support/rig-scripts.ts';

// a whole fleet on a machine that may be busy
jest.setTimeout(240_000);

const REPO = 'acme/tiny';

/** Tasks are started with Temporal's own command line tool and the two arguments that everybody knows. */
describe('temporal workflow start --type task', () => {
  let rig: FleetRig;

  beforeAll(async () => {
    rig = await startFleetRig({
      repos: { [REPO]: undefined, 'acme/guarded': undefined, 'acme/empty': null },
      users: [
        { login: 'taskfleet', rights: 'write' },
        { login: 'reader', rights: 'read', token: 'ghp_readsonlyreadsonly' },
      ],
    });
    rig.behave({ tag: 'add-double', actions: ADD_DOUBLE });
  });

  afterAll(() => rig.close());

  async function failsWith(input: object | string): Promise<string> {
    const { ok, text } = await rig.resultOf(await rig.startByHand(input));
    expect(ok).toBe(false);
    return text;
  }

  it('makes one task and one pull request of it, however often it is typed', async () => {
    const issue = await rig.forge.issue(REPO, 'add-double');
    const input = { repo: REPO, issue };

    const doors = [...(await Promise.all([1, 2, 3].map(() => rig.startByHand(input)))), await rig.startByHand(input)];

    const results = await Promise.all(doors.map((door) => rig.resultOf(door)));
    const id = rig.idOf(REPO, issue);
    expect(new Set(doors).size).toBe(4);
    expect(results.map(({ result }) => result?.id)).toEqual([id, id, id, id]);
    expect(results.filter(({ result }) => result?.kind === 'started')).toHaveLength(1);
    const { pullRequest } = await rig.reaches(id, 'completed');
    const pulls = await rig.forge.pullsOf(REPO, issue);
    expect(pulls.map(({ html_url }) => html_url)).toEqual([pullRequest?.url]);
    expect((await rig.forge.filesOf(REPO, pulls[0] as never)).sort()).toEqual(
      ['double.js', 'double.test.js', 'package.json', 'sum.js', 'sum.test.js'].sort(),
    );

    const late = await rig.resultOf(await rig.startByHand(input));

    expect(late.result).toEqual({ kind: 'already-ended', id });
    expect(await rig.forge.pullsOf(REPO, issue)).toHaveLength(1);
  });

  it('refuses what is no input with every problem it has', async () => {
    const [misspelt, list, noRepo, word, nothing] = await Promise.all([
      failsWith({ isue: 1 }),
      failsWith([1, 2]),
      failsWith({ issue: 3 }),
      failsWith('"acme/tiny"'),
      failsWith({ repo: 'acme/tiny/../x', issue: 1 }),
    ]);

    expect(misspelt).toContain('BadInput');
    expect(misspelt).toContain('isue');
    expect(misspelt).toContain("give either 'issue' (a number) or 'prompt' (a text)");
    expect(list).toMatch(/BadInput[\s\S]*expected object|expected object[\s\S]*BadInput/);
    expect(noRepo).toContain("an issue needs its 'repo'");
    expect(word).toContain('expected object');
    expect(nothing).toContain('no usable repository');
  });

  it('says what is wrong with the issue or the repository, and takes the same command once that is mended', async () => {
    const issue = await rig.forge.issue(REPO, 'add-double, closed for now');
    await rig.forge.closeIssue(REPO, issue);
    const [closed, missing, noRepo, empty] = await Promise.all([
      taskFailure({ repo: REPO, issue }),
      taskFailure({ repo: REPO, issue: 4711 }),
      taskFailure({ repo: 'acme/nowhere', issue: 1 }),
      rig.forge.issue('acme/empty', 'add-double').then((number) => taskFailure({ repo: 'acme/empty', issue: number })),
    ]);

    expect(closed).toContain('IssueClosed');
    expect(missing).toContain('IssueNotFound');
    expect(noRepo).toContain('RepositoryNotFound');
    expect(empty).toContain('RepositoryEmpty');

    await rig.forge.reopenIssue(REPO, issue);
    await rig.startByHand({ repo: REPO, issue });

    await rig.reaches(rig.idOf(REPO, issue), 'completed');
    expect(await rig.forge.pullsOf(REPO, issue)).toHaveLength(1);
  });

  it('refuses the number of a pull request, and says so', async () => {
    const issue = await rig.forge.issue(REPO, 'add-double, once more');
    const { pullRequest } = await rig
      .startByHand({ repo: REPO, issue })
      .then(() => rig.reaches(rig.idOf(REPO, issue), 'completed'));

    const failure = await taskFailure({ repo: REPO, issue: pullRequest?.number ?? 0 });

    expect(failure).toContain('IssueIsPullRequest');
  });

  it('stops before any work where the token may not push, and goes on with a better one', async () => {
    const repo = 'acme/guarded';
    const issue = await rig.forge.issue(repo, 'add-double');
    const id = rig.idOf(repo, issue);
    await rig.down();
    await rig.up({ GITHUB_TOKEN: 'ghp_readsonlyreadsonly' });
    const asked = rig.model.requests.length;

    const failure = await taskFailure({ repo, issue });

    expect(failure).toContain('AccessDenied');
    expect(failure).toContain('may not push');
    expect(rig.model.requests).toHaveLength(asked);

    await rig.down();
    await rig.up();
    await rig.startByHand({ repo, issue });

    await rig.reaches(id, 'completed');
    expect(await rig.forge.pullsOf(repo, issue)).toHaveLength(1);
  });

  /** How the task itself ends that a start by hand meant. */
  async function taskFailure(input: { repo: string; issue: number }): Promise<string> {
    const door = await rig.resultOf(await rig.startByHand(input));
    if (!door.ok) return door.text;
    let text = '';
    await until(async () => {
      const { ok, text: found } = await rig.resultOf(door.result?.id ?? '');
      text = found;
      return !ok;
    });
    return text;
  }
});
