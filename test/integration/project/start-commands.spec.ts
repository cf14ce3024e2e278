import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const COMMAND =
  'node --max-semi-space-size=8 --no-allocation-site-pretenuring --no-parallel-scavenge dist/main.js';

it('uses one start command wherever operators start the program', () => {
  const text = (file: string) => readFileSync(file, 'utf8');
  const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> };
  expect(scripts['start:prod']).toBe(COMMAND);
  expect(scripts['start']?.endsWith(` && ${COMMAND}`)).toBe(true);
  expect(/^ExecStart=\/usr\/bin\/(.*)$/m.exec(text('deploy/vpms.service'))?.[1]).toBe(COMMAND);
  const words = JSON.parse(/^CMD (\[.*\])$/m.exec(text('Dockerfile'))?.[1] ?? '[]') as string[];
  expect(words.join(' ')).toBe(COMMAND);
});
