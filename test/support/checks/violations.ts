import { type Rule, violationsIn } from './rules.js';
import { ON_POSTGRES, queryDatabase } from '../data/test-database.js';

/** The rules that the folder's database violates; empty if there is no violation. */
export function violationsOf(
  { dataDirectory }: { readonly dataDirectory: string },
  except: readonly Rule[] = [],
): Promise<Record<string, unknown[]>> {
  const kind = ON_POSTGRES ? 'postgres' : 'sqlite';
  return violationsIn({ kind, query: (query) => queryDatabase(dataDirectory, query) }, except);
}
