import { describe, expect, it } from '@jest/globals';
import { checkInit } from './check-init.ts';
import { locateClaude, shippedVersion } from './find-claude.ts';

describe('shippedVersion', () => {
  it('is what the SDK says of its own binary, and one that this code was written for', async () => {
    const version = await shippedVersion(await locateClaude(undefined));

    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    const init = { type: 'system', subtype: 'init', cwd: '/w', permissionMode: 'dontAsk', tools: [] };
    const expected = { cwd: '/w', permissionMode: 'dontAsk', tools: [], version };
    expect(() => checkInit({ ...init, claude_code_version: version }, expected)).not.toThrow();
  });

  it('is unknown of any other binary', async () => {
    expect(await shippedVersion(process.execPath)).toBeUndefined();
  });
});
