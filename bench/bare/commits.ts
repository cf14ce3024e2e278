import type Database from 'better-sqlite3';

/** How units of work become durable. */
export interface Commits {
  /** Answers when it is on disk. */
  run<T>(unit: () => T): T | Promise<T>;
}

/** One commit, one sync, for each unit. */
export function commitEach(database: Database.Database): Commits {
  const begin = database.transaction((unit: () => unknown) => unit());
  return { run: <T>(unit: () => T) => begin.immediate(unit) as T };
}

interface Waiting {
  readonly unit: () => unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** One commit for all units that came in the same turn of the event loop; each fails alone. */
export function commitGroups(database: Database.Database): Commits {
  const inSavepoint = database.transaction((unit: () => unknown) => unit());
  const runGroup = database.transaction((group: readonly Waiting[]) =>
    group.map(({ unit, resolve, reject }) => {
      try {
        const result = inSavepoint(unit);
        return () => resolve(result);
      } catch (error) {
        return () => reject(error);
      }
    }),
  );
  let waiting: Waiting[] = [];
  const commit = (): void => {
    const group = waiting;
    waiting = [];
    for (const answer of runGroup.immediate(group)) answer();
  };
  return {
    run: <T>(unit: () => T) =>
      new Promise<T>((resolve, reject) => {
        if (waiting.length === 0) setImmediate(commit);
        waiting.push({ unit, resolve: (result) => resolve(result as T), reject });
      }),
  };
}
