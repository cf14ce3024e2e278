import { onTestFinished } from 'vitest';

/** Disposes of the thing when the test has finished; of several things, the last one first. */
export function untilEndOfTest<Thing extends AsyncDisposable>(thing: Thing): Thing {
  onTestFinished(async () => thing[Symbol.asyncDispose]());
  return thing;
}
