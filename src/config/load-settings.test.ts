import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';
import { loadSettings, loadSettingsWithOrigins } from './load-settings.ts';

describe('loadSettings', () => {
  let cwd: string;

  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), 'taskfleet-settings-'));
  });

  afterEach(() => rmSync(cwd, { recursive: true, force: true }));

  function write(name: string, text: string): void {
    writeFileSync(join(cwd, name), text);
  }

  function messageOf(env: Record<string, string> = {}): string {
    try {
      loadSettings({ env: { HOME: cwd, ...env }, cwd });
    } catch (error) {
      expect(error).toBeInstanceOf(TypedError);
      expect((error as TypedError).type).toBe(FailureType.ConfigError);
      return (error as TypedError).message;
    }
    throw new Error('the settings were accepted');
  }

  it('gives defaults where nothing is set, both folders included, and freezes them', () => {
    const settings = loadSettings({ env: { HOME: cwd }, cwd });

    expect(settings.temporal.address).toBe('127.0.0.1:7233');
    expect(settings.dataDir).toMatch(/taskfleet$/);
    expect(settings.cacheDir).toMatch(/taskfleet$/);
    expect(Object.isFrozen(settings.limits)).toBe(true);
  });

  it('reports three mistakes of a file at once, with line, suggestion and what is expected', () => {
    write('taskfleet.config.yaml', 'temporal:\n  adress: localhost:1\nlimits:\n  taskBudgetUsd: lots\nlogLevl: info\n');

    const message = messageOf();

    expect(message).toContain('3 problems');
    expect(message).toContain(
      "taskfleet.config.yaml:2: temporal.adress: unknown setting; did you mean 'temporal.address'?",
    );
    expect(message).toContain("taskfleet.config.yaml:4: limits.taskBudgetUsd: expected a number, not 'lots'");
    expect(message).toContain("taskfleet.config.yaml:5: logLevl: unknown setting; did you mean 'logLevel'?");
  });

  it('names the variable or the option that set a bad value', () => {
    write('taskfleet.config.json', '{"model": 3}');

    expect(() =>
      loadSettings({ env: {}, cwd: '/', overrides: { 'host.id': { value: 'A B', option: '--id' } } }),
    ).toThrow(/option --id: host\.id: expected text that matches/);
    const message = messageOf({ TASKFLEET_SLOTS: 'many', TEMPORAL_TLS: 'maybe', LOG_LEVEL: 'loud' });
    expect(message).toContain("variable TASKFLEET_SLOTS: host.slots: expected a number, not 'many'");
    expect(message).toContain('variable TEMPORAL_TLS: temporal.tls: expected true or false');
    expect(message).toContain('variable LOG_LEVEL: logLevel: expected one of debug, info, warn, error');
    expect(message).toContain('taskfleet.config.json:1: model: expected text');
  });

  it('lets variables win over the file and options over both', () => {
    write('taskfleet.config.yaml', 'model: opus\nlogLevel: warn\nhost: { slots: 2, specialties: [backend] }\n');

    const { settings, origins } = loadSettingsWithOrigins({
      env: { HOME: cwd, LOG_LEVEL: 'debug', TASKFLEET_SPECIALTIES: 'testing, frontend', TASKFLEET_SLOTS: '3' },
      cwd,
      overrides: { 'host.slots': { value: 4, option: '--slots' } },
    });

    expect(settings.model).toBe('opus');
    expect(settings.logLevel).toBe('debug');
    expect(settings.host.specialties).toEqual(['testing', 'frontend']);
    expect(settings.host.slots).toBe(4);
    expect(origins.get('model')).toBe('taskfleet.config.yaml:1');
    expect(origins.get('logLevel')).toBe('variable LOG_LEVEL');
    expect(origins.get('host.slots')).toBe('option --slots');
  });

  it('fills in variables, takes defaults, and reports what is missing with its path', () => {
    write('taskfleet.config.yaml', 'model: ${MODEL:-haiku}\ndataDir: "$${HOME}/x"\ngithub:\n  token: ${NOT_THERE}\n');

    expect(messageOf()).toContain('taskfleet.config.yaml:4: github.token: the variable NOT_THERE is not set');
    const settings = loadSettings({ env: { HOME: cwd, NOT_THERE: 'abcdef', MODEL: '' }, cwd });
    expect(settings.github.token).toBe('abcdef');
    expect(settings.model).toBe('haiku');
    expect(settings.dataDir).toBe(join(cwd, '${HOME}/x'));
  });

  it('treats an empty variable as not set', () => {
    expect(loadSettings({ env: { HOME: cwd, TASKFLEET_MODEL: '', TASKFLEET_SLOTS: ' ' }, cwd }).model).toBe('sonnet');
  });

  it('refuses duplicate keys, files that are no objects, broken JSON and two files side by side', () => {
    write('taskfleet.config.yaml', 'model: a\nmodel: b\n');
    expect(messageOf()).toContain("taskfleet.config.yaml:2: the key 'model' is there twice");

    write('taskfleet.config.yaml', '- model\n');
    expect(messageOf()).toContain('the top level must be settings with names');

    write('taskfleet.config.json', '{ model: "a" }');
    expect(messageOf()).toContain('taskfleet.config.json: lies beside');

    rmSync(join(cwd, 'taskfleet.config.yaml'));
    expect(messageOf()).toContain('not valid JSON');
  });

  it('says so when the file that was asked for is not there', () => {
    expect(() => loadSettings({ env: { HOME: cwd }, cwd, file: 'nope.yaml' })).toThrow(/nope\.yaml: does not exist/);
  });

  it('finds the file of the user where the folder has none', () => {
    mkdirSync(join(cwd, 'xdg', 'taskfleet'), { recursive: true });
    write('xdg/taskfleet/config.yaml', 'model: opus\ndataDir: data\n');

    const settings = loadSettings({ env: { HOME: cwd, XDG_CONFIG_HOME: join(cwd, 'xdg') }, cwd });

    expect(settings.model).toBe('opus');
    expect(settings.dataDir).toBe(join(cwd, 'xdg', 'taskfleet', 'data'));
  });

  it('never repeats the value of a secret that is wrong', () => {
    expect(messageOf({ TASKFLEET_GATEWAY_TOKEN: 'shortsecret' })).not.toContain('shortsecret');
  });
});
