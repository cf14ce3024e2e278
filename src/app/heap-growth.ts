import { setFlagsFromString } from 'node:v8';

/**
 * How much the heap grows before the next major garbage collection, in percent of the live heap. By
 * default the heap may grow fourfold. This limit reduces the maximum of the resident memory from
 * 273 to 185 MiB, and costs 0 to 5 % of the throughput (docs/performance.md). Import this file before
 * anything that allocates: each collection determines the start of the next one.
 */
const HEAP_GROWTH_PERCENT = 20;

setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH_PERCENT}`);
