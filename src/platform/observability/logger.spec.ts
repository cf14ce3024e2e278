import { pino } from 'pino';
import { QueryFailedError } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { NestLogger } from './logger.js';

describe('the log', () => {
  it('contains the failed statement without its parameters', () => {
    let line = '';
    const logger = new NestLogger(pino({}, { write: (text) => (line = text) }));
    const cause = new Error('no such table: accounts');
    logger.error(
      new QueryFailedError('INSERT INTO accounts …', ['$argon2id$secret'], cause),
      'Jobs',
    );
    expect(JSON.parse(line)).toMatchObject({
      context: 'Jobs',
      err: { message: 'no such table: accounts', query: 'INSERT INTO accounts …' },
    });
    expect(line).not.toContain('secret');
  });
});
