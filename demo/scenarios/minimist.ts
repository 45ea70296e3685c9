import { minimist } from '../packages/minimist.ts';
import type { Scenario } from './scenario.ts';

const test = `test('proto pollution (constructor)', function (t) {
    var argv = parse(['--constructor.prototype.y','123']);
    t.equal({}.y, undefined);
    t.equal(argv.y, undefined);
    t.end();
});
`;

const newTest = `
test('proto pollution (constructor of a method)', function (t) {
    var argv = parse(['--_.concat.constructor.prototype.y','123']);
    t.equal((function () {}).y, undefined);
    t.equal(argv.y, undefined);
    t.end();
});
`;

const runProto = 'node node_modules/tape/bin/tape test/proto.js';
const runAll = 'node node_modules/tape/bin/tape test/*.js | tail -n 8';

export const minimistScenario: Scenario = {
  demo: minimist,
  analysis: {
    actions: [
      { thought: 'I look at how option names become keys.', do: 'read', path: 'index.js' },
      { do: 'read', path: 'test/proto.js' },
    ],
    result: {
      summary:
        'setKey refuses `__proto__` and three prototypes by identity, but walks on through any function it finds: ' +
        '`_.concat.constructor.prototype` is Function.prototype, which no check knows.',
      changeType: 'fix',
      acceptanceCriteria: [
        '`--_.concat.constructor.prototype.y 123` leaves Function.prototype as it was',
        'the existing guards and all existing tests stay as they are',
      ],
      plan: [
        'Add a test to test/proto.js that sets a property by way of a method of an array',
        'Refuse a key `constructor` that leads to a function, together with `__proto__`, in one helper',
        'Run the whole suite',
      ],
      risks: ['An option that is really called `constructor` must go on working where it is no function'],
      complexity: 'simple',
    },
  },
  change: {
    actions: [
      { do: 'read', path: 'index.js' },
      { do: 'read', path: 'test/proto.js' },
      {
        thought: 'First a test that shows the defect.',
        do: 'edit',
        path: 'test/proto.js',
        from: test,
        to: test + newTest,
      },
      { do: 'run', command: runProto, description: 'See the new test fail' },
      {
        thought: 'It fails as reported. Now the walk refuses `constructor` where that is a function.',
        do: 'edit',
        path: 'index.js',
        from: `            var key = keys[i];
            if (key === '__proto__') return;`,
        to: `            var key = keys[i];
            if (isConstructorOrProto(o, key)) return;`,
      },
      {
        do: 'edit',
        path: 'index.js',
        from: `        var key = keys[keys.length - 1];
        if (key === '__proto__') return;`,
        to: `        var key = keys[keys.length - 1];
        if (isConstructorOrProto(o, key)) return;`,
      },
      {
        do: 'edit',
        path: 'index.js',
        from: 'function isNumber (x) {',
        to: `function isConstructorOrProto (obj, key) {
    return key === '__proto__'
        || (key === 'constructor' && typeof obj[key] === 'function');
}

function isNumber (x) {`,
      },
      { do: 'run', command: runAll, description: 'Run the whole suite' },
    ],
    closing:
      'Option names can no longer reach a prototype through a constructor: `constructor` is refused, as `__proto__` is, ' +
      'wherever it leads to a function. A test for the way by `_.concat` is in test/proto.js; it failed before the change.',
  },
};
