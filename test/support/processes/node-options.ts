/**
 * Options of Node for tests and for the programs that they start: V8 optimizes a function only after seven
 * times the usual work. Most processes end before optimized code saves time: compiling it took 11 % of the CPU
 * time of `test/e2e`.
 */
export const SHORT_LIVED: readonly string[] = ['--interrupt-budget=1000000'];
