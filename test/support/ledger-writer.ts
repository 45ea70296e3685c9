/**
 * A process of its own that hammers one ledger: `node ledger-writer.ts <file> <task id> <run id> <branch> <runs>`.
 * Prints as JSON the branch it got for the shared run and the epochs of the runs it began.
 */
import { openSqliteLedger } from '../../src/ledger/sqlite-ledger.ts';

const [file, id, runId, branch, runs] = process.argv.slice(2) as [string, string, string, string, string];
const ledger = await openSqliteLedger({ file });
const run = { id, generation: 1, repo: null, issue: null, source: 'cli' };

// both processes are attempts of the same run: they share its epoch
const { epoch } = await ledger.beginRun({ ...run, id: `${id}-shared`, runId });
const fixed = await ledger.fixBranch(`${id}-shared`, epoch, { branch, base: branch, title: '', specialty: 'general' });

const epochs: number[] = [];
for (let n = 0; n < Number(runs); n += 1)
  epochs.push((await ledger.beginRun({ ...run, runId: `${branch}-${n}` })).epoch);
ledger.close();
process.stdout.write(JSON.stringify({ branch: fixed.branch, base: fixed.base, epochs }));
