import { setFlagsFromString } from 'node:v8';

/**
 * How much the heap grows, in percent of what is in use, before V8 looks for garbage again. By itself
 * V8 waits until there is up to four times as much (docs/performance.md). To be imported before
 * anything that allocates: each look sets when the next one is.
 */
const HEAP_GROWTH_PERCENT = 20;

setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH_PERCENT}`);
