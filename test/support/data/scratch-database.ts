import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import {
  Column,
  Entity,
  PrimaryGeneratedColumn,
  type EntityTarget,
  type ObjectLiteral,
} from 'typeorm';
import {
  openReadDatabase,
  openWriteDatabase,
  type WriteDatabase,
} from '../../../src/platform/database/data-sources.js';
import { ReadDatabase } from '../../../src/platform/database/read-database.js';
import { temporaryDirectory } from '../app/temporary-directory.js';

/** A table for tests of transactions. */
@Entity('notes')
export class Note {
  @PrimaryGeneratedColumn()
  id: number;

  @Column('text')
  text: string;
}

/** A migrated SQLite file with the program's two connections, and more if needed. */
export interface ScratchDatabase extends AsyncDisposable {
  readonly file: string;
  readonly writer: WriteDatabase;
  readonly reader: ReadDatabase;
  /** Opens one more connection, as another process would. */
  connect(): Database.Database;
  /** The texts of all committed notes, in order of creation. */
  notes(): string[];
}

export async function openScratchDatabase(
  entities: readonly EntityTarget<ObjectLiteral>[] = [Note],
): Promise<ScratchDatabase> {
  const directory = temporaryDirectory();
  const file = join(directory, 'vpms.db');
  const known = entities.filter((entity) => typeof entity === 'function');
  const writer = await openWriteDatabase(file, known);
  await writer.query('CREATE TABLE notes (id integer PRIMARY KEY, text text NOT NULL UNIQUE)');
  const reader = await openReadDatabase(file, known);
  const connections: Database.Database[] = [];
  const connect = (): Database.Database => {
    const connection = new Database(file, { timeout: 0 });
    connections.push(connection);
    return connection;
  };
  const observer = connect();
  return {
    file,
    writer,
    reader,
    connect,
    notes: () => observer.prepare<[], string>('SELECT text FROM notes ORDER BY id').pluck().all(),
    async [Symbol.asyncDispose]() {
      for (const connection of connections) connection.close();
      await reader.close();
      if (writer.isInitialized) await writer.destroy();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
