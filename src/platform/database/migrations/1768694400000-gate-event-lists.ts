import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An index for each filter of the list of events at gates. The list without a filter has one already. */
export class GateEventLists1768694400000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const statements = [
      `CREATE INDEX gate_events_of_gate ON gate_events (gate_id, received_at, id)`,
      `CREATE INDEX gate_events_of_plate ON gate_events (plate_key, received_at, id)
        WHERE plate_key IS NOT NULL`,
      `CREATE INDEX gate_events_by_action ON gate_events (action, received_at, id)`,
    ];
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const index of ['gate_events_by_action', 'gate_events_of_plate', 'gate_events_of_gate'])
      await queryRunner.query(`DROP INDEX ${index}`);
  }
}
