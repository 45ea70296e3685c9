import { describe, expect, it } from '@jest/globals';
import { Definition } from '../contract/stage-definition.ts';
import { orderStages } from '../domain/definition.ts';
import { FailureType } from '../domain/failure-type.ts';
import { buildDefinitions, requireDefinition } from './definitions.ts';
import { buildSpecialties, requireSpecialty } from './specialties.ts';

const order = (name: string): string[] =>
  orderStages(requireDefinition(buildDefinitions([]), name)).map(({ id }) => id);

describe('the definitions that come along', () => {
  it('go through their stages in order', () => {
    expect(order('default')).toEqual(['analysis', 'code', 'gates', 'pull-request']);
    expect(order('approved')).toEqual(['analysis', 'approval', 'code', 'gates', 'pull-request']);
    expect(order('scratch')).toEqual(['code']);
  });

  it('send red gates back to the session three times', () => {
    const gates = requireDefinition(buildDefinitions([]), 'default').stages.find(({ id }) => id === 'gates');

    expect(gates?.redo).toEqual({ stage: 'code', rounds: 3 });
    expect(gates?.success).toEqual([{ figure: 'blockingGates', is: 'equal', value: 0 }]);
  });

  it('give way to those of the configuration', () => {
    const custom = Definition.parse({ name: 'default', stages: [{ id: 'only', type: 'code' }] });

    const found = requireDefinition(buildDefinitions([custom]), 'default');

    expect(found.stages.map(({ id }) => id)).toEqual(['only']);
  });

  it('are suggested for a misspelt name', () => {
    expect(() => requireDefinition(buildDefinitions([]), 'deafult')).toThrow(
      expect.objectContaining({
        type: FailureType.BadInput,
        message: expect.stringContaining("Did you mean 'default'?"),
      }),
    );
  });
});

describe('the specialties that come along', () => {
  it.each([
    ['api', 'backend'],
    ['React', 'frontend'],
    ['pytest', 'testing'],
    ['k8s', 'devops'],
    ['docs', 'general'],
  ])('are known as %s for %s', (alias, name) => {
    expect(requireSpecialty(buildSpecialties({}, 'sonnet'), alias).name).toBe(name);
  });

  it('share no alias', () => {
    const names = buildSpecialties({}, 'sonnet').flatMap(({ name, aliases }) => [name, ...aliases]);

    expect(new Set(names).size).toBe(names.length);
  });

  it('take models and words from the configuration, and are added to', () => {
    const specialties = buildSpecialties(
      {
        backend: { aliases: ['Laravel'], keywords: [], model: 'opus' },
        mobile: { aliases: ['ios'], keywords: ['swift'] },
      },
      'haiku',
    );

    expect(requireSpecialty(specialties, 'laravel')).toMatchObject({
      name: 'backend',
      model: 'opus',
      prompt: 'backend',
    });
    expect(requireSpecialty(specialties, 'ios')).toMatchObject({ name: 'mobile', model: 'haiku', prompt: 'general' });
  });

  it('are listed for a name that none has', () => {
    expect(() => requireSpecialty(buildSpecialties({}, 'm'), 'xyzzy')).toThrow(
      /Known: backend, frontend, testing, devops, general/,
    );
  });
});
