import { blocks, type GateResult } from '../contract/gate-result.ts';
import { firstBytes, tellingPart } from './telling-part.ts';
import { plainText } from './plain-text.ts';

const MAX_BYTES = 6 * 1024;
const MAX_SUMMARY = 200;
const MAX_COMMAND = 300;

export interface Finding {
  readonly result: GateResult;
  readonly output: string;
}

/** What the session must know to repair the gates that hold up the change: at most 6 KB, empty when there are none. */
export function composeFeedback(findings: readonly Finding[]): string {
  const blocking = findings.filter((finding) => blocks(finding.result));
  if (blocking.length === 0) return '';
  const excused = findings.filter((finding) => finding.result.verdict === 'red-on-base');
  const closing = firstBytes(excused.map((finding) => excuse(finding.result)).join('\n'), MAX_BYTES / 4);
  const heads = blocking.map((finding) => head(finding.result));
  const used = Buffer.byteLength([...heads, closing].join('\n\n'));
  const share = Math.floor((MAX_BYTES - used) / blocking.length) - 16;
  const parts = blocking.map((finding, index) => {
    const part = share > 100 ? tellingPart(finding.output, share) : '';
    return part === '' ? heads[index] : `${heads[index]}\n${part}`;
  });
  return firstBytes([...parts, closing].filter((part) => part !== '').join('\n\n'), MAX_BYTES);
}

function head(result: GateResult): string {
  const { name, verdict } = result;
  if (result.command === '') {
    return `## Gate ${name}: ${verdict}, ${result.summary}\nAdd tests that can be run by the build tool's usual command.`;
  }
  return `## Gate ${name}: ${verdict}, ${short(result.summary, MAX_SUMMARY)}\n$ ${short(result.command, MAX_COMMAND)}`;
}

function excuse(result: GateResult): string {
  return `Gate ${result.name} is red on the base branch as well and not yours to mend (${short(result.summary, MAX_SUMMARY)}).`;
}

function short(text: string, length: number): string {
  const plain = plainText(text).replace(/\s+/g, ' ').trim();
  return plain.length > length ? `${plain.slice(0, length - 1)}…` : plain;
}
