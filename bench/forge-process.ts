/**
 * The forge and the model of the bench, in a process of their own as on other people's machines: what they cost is
 * nobody's of the two sides. Arguments: an empty folder, the repository to host. Ends with the channel to its parent.
 */
import { startEmulatedGithub } from '../demo/emulator/start-emulated-github.ts';
import { startScriptedModel } from '../demo/scripted-model/server.ts';
import type { ForgePlace } from './start-forge.ts';
import { benchScripts, REPO } from './work.ts';

const [dir = '', mirror = ''] = process.argv.slice(2);
process.on('disconnect', () => process.exit(0));
const model = await startScriptedModel({ scripts: benchScripts() });
const [owner = '', name = ''] = REPO.split('/');
const github = await startEmulatedGithub({ dir, repos: [{ owner, name, from: mirror }] });
const { apiUrl, webUrl, gitUrl, token } = github;
process.send?.({ apiUrl, webUrl, gitUrl, token, modelUrl: model.url } satisfies ForgePlace);
