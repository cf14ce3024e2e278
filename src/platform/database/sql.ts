import { type DataSource, type EntityManager, QueryFailedError } from 'typeorm';

/** Runs a statement and answers its rows. */
export type Execute = (
  text: string,
  parameters: readonly unknown[],
) => Promise<unknown[]> | unknown[];

type SqlTag = EntityManager['sql'];

/**
 * The `sql` tag of a connection: each value of the template becomes a parameter, a function's text
 * becomes part of the statement and its array a list of parameters. It answers the rows, also those
 * of a RETURNING. TypeORM's own tag does the same through six layers
 * (docs/decisions/short-way-to-the-database.md).
 */
export function sqlTag(source: DataSource, execute: Execute): SqlTag {
  const placeholder =
    source.options.type === 'postgres' ? (index: number) => `$${index}` : () => '?';
  return async <T>(strings: TemplateStringsArray, ...values: unknown[]): Promise<T> => {
    const { text, parameters } = compose(strings, values, placeholder);
    source.logger.logQuery(text, parameters);
    try {
      return (await execute(text, parameters)) as T;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      source.logger.logQueryError(error, text, parameters);
      throw new QueryFailedError(text, parameters, error);
    }
  };
}

function compose(
  strings: readonly string[],
  values: readonly unknown[],
  placeholder: (index: number) => string,
): { readonly text: string; readonly parameters: unknown[] } {
  const parameters: unknown[] = [];
  const parameter = (value: unknown): string => placeholder(parameters.push(value));
  let text = strings[0] ?? '';
  for (const [index, value] of values.entries()) {
    text += typeof value === 'function' ? expand(value(), parameter) : parameter(value);
    text += strings[index + 1] ?? '';
  }
  return { text, parameters };
}

function expand(part: unknown, parameter: (value: unknown) => string): string {
  if (typeof part === 'string') return part;
  // An empty list is no SQL: `IN ()` would be a different statement on each database.
  if (Array.isArray(part) && part.length > 0) return part.map(parameter).join(', ');
  throw new TypeError('A function in an sql template gives text or a list that is not empty');
}
