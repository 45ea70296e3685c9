import { describe, expect, it } from '@jest/globals';
import { checkInit, isAtLeast } from './check-init.ts';

const expected = { cwd: '/workspace', permissionMode: 'dontAsk', tools: ['Read', 'Bash'] };
const init = {
  type: 'system',
  subtype: 'init',
  cwd: '/workspace',
  permissionMode: 'dontAsk',
  claude_code_version: '2.1.330',
  tools: ['Bash', 'Read', 'StructuredOutput'],
  mcp_servers: [],
};

describe('checkInit', () => {
  it('takes what was asked for', () => {
    expect(() => checkInit(init, expected)).not.toThrow();
  });

  it('takes a newer one that was configured, and refuses it in place of the one that came along', () => {
    const newer = { ...init, claude_code_version: '2.2.0' };

    expect(() => checkInit(newer, expected)).not.toThrow();
    expect(() => checkInit(newer, { ...expected, version: '2.1.330' })).toThrow('it is not 2.1.330, which came along');
  });

  it.each([
    ['version', { claude_code_version: '2.1.99' }, 'its version is 2.1.99'],
    ['permission mode', { permissionMode: 'bypassPermissions' }, 'its permission mode is bypassPermissions'],
    ['folder', { cwd: '/etc' }, 'it works in /etc'],
    ['tools', { tools: ['Read', 'WebFetch'] }, 'more tools than it was given: WebFetch'],
    ['servers', { mcp_servers: [{ name: 'evil' }] }, 'it loaded MCP servers'],
    ['everything', { claude_code_version: undefined }, 'its version is unknown'],
  ])('refuses another %s', (_, difference, message) => {
    expect(() => checkInit({ ...init, ...difference }, expected)).toThrow(message);
  });
});

describe('isAtLeast', () => {
  it.each([
    ['2.1.330', true],
    ['2.2.0', true],
    ['10.0.0', true],
    ['2.1.329', false],
    ['2.1', false],
    ['', false],
    ['next', false],
  ])('compares %s by number', (version, result) => {
    expect(isAtLeast(version, '2.1.330')).toBe(result);
  });
});
