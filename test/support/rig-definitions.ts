/** The road without an analysis: what most tests of a whole fleet need of it. */
export const QUICK = {
  name: 'quick',
  stages: [
    { id: 'code', type: 'code' },
    {
      id: 'gates',
      type: 'gates',
      dependsOn: ['code'],
      success: [{ figure: 'blockingGates', is: 'equal', value: 0 }],
      redo: { stage: 'code', rounds: 1 },
    },
    { id: 'pull-request', type: 'pull-request', dependsOn: ['gates'] },
  ],
};

/** Settings of a fleet whose tasks take that road. */
export const QUICKLY = { definition: QUICK.name, definitions: [QUICK] };
