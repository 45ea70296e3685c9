import type { RepositoryFiles } from '../repository-files.ts';
import type { Findings } from './ecosystem.ts';

/** Go modules. */
export function findGo(files: RepositoryFiles): Findings | undefined {
  if (!files.has('go.mod')) return undefined;
  return {
    setup: ['go mod download'],
    lint: 'go vet ./...',
    // without a test file `go test` says nothing and ends well
    tests: files.list(/_test\.go$/).length > 0 ? 'go test ./...' : undefined,
  };
}

/** Rust by cargo; clippy where the toolchain has it. */
export function findCargo(files: RepositoryFiles): Findings | undefined {
  if (!files.has('Cargo.toml')) return undefined;
  return {
    setup: [files.has('Cargo.lock') ? 'cargo fetch --locked' : 'cargo fetch'],
    lint: 'if cargo clippy --version >/dev/null 2>&1; then cargo clippy -q --all-targets; else cargo check -q --all-targets; fi',
    tests: 'cargo test',
  };
}

/** Maven, by the repository's wrapper where it can be executed. */
export function findMaven(files: RepositoryFiles): Findings | undefined {
  if (!files.has('pom.xml')) return undefined;
  return { setup: [], tests: `${files.isExecutable('mvnw') ? './mvnw' : 'mvn'} -q -B test` };
}

/** Gradle, by the repository's wrapper where there is one. */
export function findGradle(files: RepositoryFiles): Findings | undefined {
  const hasBuild = ['build.gradle', 'build.gradle.kts', 'settings.gradle', 'settings.gradle.kts'].some((path) =>
    files.has(path),
  );
  if (!hasBuild) return undefined;
  const wrapper = files.isExecutable('gradlew') ? './gradlew' : files.has('gradlew') ? 'sh gradlew' : 'gradle';
  return { setup: [], tests: `${wrapper} --no-daemon --console=plain test` };
}

/** A Makefile: for repositories in which nothing else was found. */
export function findMake(files: RepositoryFiles): Findings | undefined {
  const text = files.read('Makefile') ?? files.read('makefile') ?? files.read('GNUmakefile');
  if (text === undefined) return undefined;
  const target = (...names: string[]): string | undefined => {
    const name = names.find((one) => new RegExp(`^${one}\\s*:(?!=)`, 'm').test(text));
    return name && `make ${name}`;
  };
  return { setup: [], lint: target('lint'), tests: target('test', 'tests', 'check') };
}
