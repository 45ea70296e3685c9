import { pathParse } from '../packages/path-parse.ts';
import type { Scenario } from './scenario.ts';

const checks = `checkErrors(pathParse.win32);
checkErrors(pathParse.posix);
`;

const newTest = `checkTime(pathParse.win32);
checkTime(pathParse.posix);

function checkTime(parse) {
  var start = Date.now();
  parse('a' + new Array(30001).join('.') + '/x/');
  assert.ok(Date.now() - start < 1000, 'a long path must not take long');
}
`;

const tailBefore = String.raw`    /^([\s\S]*?)((?:\.{1,2}|[^\\\/]+?|)(\.[^.\/\\]*|))(?:[\\\/]*)$/;`;
const tailAfter = String.raw`    /^([\s\S]*[\\\/]|)((?:\.{1,2}|[^\\\/]+?|)(\.[^.\/\\]*|))$/;

// Cuts the separators off the end of a path
function trimEnd(path, separators) {
  var end = path.length;
  while (end > 0 && separators.indexOf(path.charAt(end - 1)) >= 0) end--;
  return path.slice(0, end);
}`;

const pathBefore = String.raw`// Split a filename into [root, dir, basename, ext], unix version
// 'root' is just a slash, or nothing.
var splitPathRe =
    /^(\/?|)([\s\S]*?)((?:\.{1,2}|[^\/]+?|)(\.[^.\/]*|))(?:[\/]*)$/;`;
const comment = String.raw`// Regex to split what follows the root, without slashes at its end, into
// [*, dir, basename, ext], unix version
var splitPathRe =
`;
/** Forgets that a dot at the start of a name begins no extension; the package's own suite knows it. */
const pathWrong = String.raw`    /^([\s\S]*\/|)([^\/]*?(\.[^.\/]*|))$/;`;
const pathAfter = String.raw`    /^([\s\S]*\/|)((?:\.{1,2}|[^\/]+?|)(\.[^.\/]*|))$/;`;

const timing = `node -e "var p = require('./'), s = Date.now(); p.posix('a' + '.'.repeat(30000) + '/x/'); console.log(Date.now() - s, 'ms')"`;

export const pathParseScenario: Scenario = {
  demo: pathParse,
  analysis: {
    actions: [
      { thought: 'I look at how a path is split.', do: 'read', path: 'index.js' },
      { do: 'read', path: 'test.js' },
    ],
    result: {
      summary:
        'Both expressions look for the folder with a lazy match that is tried anew at each character, and each try ' +
        'runs over the rest of the path: the time grows with the square of the length.',
      changeType: 'fix',
      acceptanceCriteria: ['a path of 30,000 characters is parsed at once', 'the results stay the same for every path'],
      plan: [
        'Add a test with a time bound to test.js',
        'Cut separators off the end first and match the folder greedily, for both systems',
        'Run the suite',
      ],
      risks: ['Slashes at the end and names that begin with a dot are easily treated differently'],
      complexity: 'medium',
    },
  },
  change: {
    actions: [
      { do: 'read', path: 'index.js' },
      { do: 'read', path: 'test.js' },
      {
        thought: 'First a test that shows the defect.',
        do: 'edit',
        path: 'test.js',
        from: checks,
        to: checks + newTest,
      },
      { do: 'run', command: 'npm test 2>&1 | tail -n 12', description: 'See the new test fail' },
      {
        thought: 'It takes seconds. The folder can be matched greedily once the end is clean.',
        do: 'edit',
        path: 'index.js',
        from: tailBefore,
        to: tailAfter,
      },
      {
        do: 'edit',
        path: 'index.js',
        from: 'splitTailRe.exec(tail),',
        to: "splitTailRe.exec(trimEnd(tail, '\\\\/')),",
      },
      { do: 'edit', path: 'index.js', from: pathBefore, to: comment + pathWrong },
      {
        do: 'edit',
        path: 'index.js',
        from: '  return splitPathRe.exec(filename).slice(1);',
        to: `  var root = filename.charAt(0) === '/' ? '/' : '';
  var tail = trimEnd(filename.slice(root.length), '/');
  return [root].concat(splitPathRe.exec(tail).slice(1));`,
      },
      { do: 'run', command: timing, description: 'Measure the example of the issue' },
    ],
    closing: 'The folder is matched greedily now, after the separators at the end are cut off.',
  },
  repair: {
    saw: 'ERR_ASSERTION',
    actions: [
      {
        thought: 'A dot at the start of a name begins no extension: my expression lost that rule.',
        do: 'read',
        path: 'index.js',
      },
      { do: 'edit', path: 'index.js', from: pathWrong, to: pathAfter },
      { do: 'run', command: 'npm test 2>&1 | tail -n 12', description: 'Run the whole suite' },
    ],
    closing:
      'Separators are cut off the end of a path first, and the folder is matched greedily, so that nothing is tried ' +
      'twice. Names that begin with a dot are split as before. The new test with its time bound failed before the change.',
  },
};
