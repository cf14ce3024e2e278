import { type DataSource, type EntityMetadata, type QueryRunner, Table } from 'typeorm';
import { Query } from 'typeorm/driver/Query.js';
import { SqlInMemory } from 'typeorm/driver/SqlInMemory.js';
import type { SchemaBuilder } from 'typeorm/schema-builder/SchemaBuilder.js';

type ColumnMetadata = EntityMetadata['columns'][number];

/**
 * What `migration:generate` finds: the tables and columns by which the entities differ from the
 * database, as SQL that both databases understand. Keys, checks, defaults and indexes are written
 * into migrations by hand and are in no entity; TypeORM's own comparison would drop them all, the
 * ones that make a double booking impossible among them.
 */
export class SchemaDraft implements SchemaBuilder {
  constructor(private readonly source: DataSource) {}

  async build(): Promise<never> {
    throw new Error('The schema is changed by migrations only');
  }

  async log(): Promise<SqlInMemory> {
    const draft = new SqlInMemory();
    const runner = this.source.createQueryRunner();
    try {
      for (const entity of this.source.entityMetadatas) await this.compare(entity, runner, draft);
    } finally {
      await runner.release();
    }
    return draft;
  }

  private async compare(
    entity: EntityMetadata,
    runner: QueryRunner,
    draft: SqlInMemory,
  ): Promise<void> {
    const table = await runner.getTable(entity.tablePath);
    if (!table) {
      draft.upQueries.push(...(await this.creation(entity, runner)));
      draft.downQueries.push(new Query(`DROP TABLE ${entity.tableName}`));
      return;
    }
    const known = new Set(table.columns.map(({ name }) => name));
    const wanted = new Set(entity.columns.map(({ databaseName }) => databaseName));
    for (const column of entity.columns) {
      if (known.has(column.databaseName)) continue;
      draft.upQueries.push(new Query(this.addition(entity.tableName, column)));
      draft.downQueries.push(new Query(removal(entity.tableName, column.databaseName)));
    }
    for (const { name, type, isNullable } of table.columns) {
      if (wanted.has(name)) continue;
      const definition = `${name} ${type}${isNullable ? '' : ' NOT NULL'}`;
      draft.upQueries.push(new Query(removal(entity.tableName, name)));
      draft.downQueries.push(new Query(`ALTER TABLE ${entity.tableName} ADD COLUMN ${definition}`));
    }
  }

  private async creation(entity: EntityMetadata, runner: QueryRunner): Promise<readonly Query[]> {
    runner.enableSqlMemory();
    try {
      await runner.createTable(Table.create(entity, this.source.driver));
      return runner.getMemorySql().upQueries;
    } finally {
      runner.disableSqlMemory();
    }
  }

  private addition(table: string, column: ColumnMetadata): string {
    const type = this.source.driver.normalizeType(column);
    const rule = column.isNullable ? '' : ' NOT NULL';
    return `ALTER TABLE ${table} ADD COLUMN ${column.databaseName} ${type}${rule}`;
  }
}

function removal(table: string, column: string): string {
  return `ALTER TABLE ${table} DROP COLUMN ${column}`;
}
