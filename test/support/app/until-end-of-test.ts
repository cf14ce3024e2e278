import { onTestFinished } from 'vitest';

/** Disposes of it when the test has finished, the last one first. */
export function untilEndOfTest<Thing extends AsyncDisposable>(thing: Thing): Thing {
  onTestFinished(async () => thing[Symbol.asyncDispose]());
  return thing;
}
