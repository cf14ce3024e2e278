import type Database from 'better-sqlite3';

/** A way to commit units of work. */
export interface Commits {
  /** Returns when the unit is on disk. */
  run<T>(unit: () => T): T | Promise<T>;
}

/** Commits and syncs each unit separately. */
export function commitEach(database: Database.Database): Commits {
  const begin = database.transaction((unit: () => unknown) => unit());
  return { run: <T>(unit: () => T) => begin.immediate(unit) as T };
}

interface PendingUnit {
  readonly unit: () => unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** Commits all units of an event-loop turn together; an error in one unit rolls back only that unit. */
export function commitGroups(database: Database.Database): Commits {
  const inSavepoint = database.transaction((unit: () => unknown) => unit());
  const runGroup = database.transaction((group: readonly PendingUnit[]) =>
    group.map(({ unit, resolve, reject }) => {
      try {
        const result = inSavepoint(unit);
        return () => resolve(result);
      } catch (error) {
        return () => reject(error);
      }
    }),
  );
  let waiting: PendingUnit[] = [];
  const commit = (): void => {
    const group = waiting;
    waiting = [];
    for (const settle of runGroup.immediate(group)) settle();
  };
  return {
    run: <T>(unit: () => T) =>
      new Promise<T>((resolve, reject) => {
        if (waiting.length === 0) setImmediate(commit);
        waiting.push({ unit, resolve: (result) => resolve(result as T), reject });
      }),
  };
}
