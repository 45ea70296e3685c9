import { describe, expect, it } from '@jest/globals';
import { createOutput, type OutputChoice } from './output.ts';

function collect(choice: Partial<OutputChoice>, isTTY: boolean) {
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => ({ isTTY, write: (text: string) => (written[name] += text) });
  const output = createOutput(
    { stdout: stream('stdout'), stderr: stream('stderr') },
    { json: false, verbose: false, color: true, env: {}, ...choice },
  );
  return { output, written };
}

describe('createOutput', () => {
  it('colours on a terminal only, and never with NO_COLOR, --no-color or a dumb terminal', () => {
    expect(collect({}, true).output.palette.red('x')).not.toBe('x');
    expect(collect({}, false).output.palette.red('x')).toBe('x');
    expect(collect({ env: { NO_COLOR: '1' } }, true).output.palette.red('x')).toBe('x');
    expect(collect({ color: false }, true).output.palette.red('x')).toBe('x');
    expect(collect({ env: { TERM: 'dumb' } }, true).output.palette.red('x')).toBe('x');
  });

  it('keeps stdout for data with --json', () => {
    const { output, written } = collect({ json: true }, true);

    output.say('words');
    output.data({ a: 1 });

    expect(JSON.parse(written.stdout)).toEqual({ a: 1 });
    expect(written.stderr).toBe('words\n');
    expect(output.live).toBe(false);
  });

  it('says an error in one line and its mend in another', () => {
    const { output, written } = collect({}, false);

    output.error({ message: 'it broke', hint: 'glue it' });

    expect(written.stderr).toBe('error: it broke\nmend: glue it\n');
    expect(written.stdout).toBe('');
  });
});
