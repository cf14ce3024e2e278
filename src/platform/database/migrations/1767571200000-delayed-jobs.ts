import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Jobs that run at an instant. */
export class DelayedJobs1767571200000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const statements = [
      // A running job has a lease: until the lease ends, only the process that has it may finish the job.
      `CREATE TABLE jobs (
        id text PRIMARY KEY,
        name text NOT NULL,
        dedup_key text,
        payload text NOT NULL,
        run_at bigint NOT NULL,
        status text NOT NULL CHECK (status IN ('pending', 'running', 'completed', 'failed')),
        attempts integer NOT NULL CHECK (attempts >= 0),
        lease_until bigint,
        created_at bigint NOT NULL,
        finished_at bigint,
        error text,
        UNIQUE (name, dedup_key),
        CHECK ((status = 'running') = (lease_until IS NOT NULL)),
        CHECK ((status IN ('completed', 'failed')) = (finished_at IS NOT NULL))
      )`,
      `CREATE INDEX jobs_unfinished ON jobs (name, run_at)
        WHERE status IN ('pending', 'running')`,
      `CREATE INDEX jobs_finished ON jobs (finished_at) WHERE finished_at IS NOT NULL`,
    ];
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE jobs');
  }
}
