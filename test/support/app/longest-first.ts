import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Specs that take long although their files are not large, because they start processes or check long
 * sequences.
 */
const LONG =
  /browser|cluster|command|crash|fuzz|listeners|model|process|properties|random|reminders|reports|seed/;

/** Runs long specs first, so that no worker is left with one of them at the end. */
export class LongestFirst extends BaseSequencer {
  override async sort(specs: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(specs);
    // Vitest runs the projects one after another, in this order.
    const projects = [...new Set(sorted.map(({ project }) => project))];
    return projects.flatMap((project) => {
      const own = sorted.filter((spec) => spec.project === project);
      const isLong = ({ moduleId }: TestSpecification) =>
        LONG.test(relative(this.ctx.config.root, moduleId));
      return [...own.filter(isLong), ...own.filter((spec) => !isLong(spec))];
    });
  }
}
