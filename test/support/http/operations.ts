/** The part of JSON Schema that the OpenAPI document uses. */
export interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly format?: string;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly example?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly schema: Schema;
}

/** A route, as the OpenAPI document describes it. */
export interface Operation {
  /** In upper case. */
  readonly method: string;
  /** The path with its parameters, such as `{id}`. */
  readonly path: string;
  readonly needsToken: boolean;
  readonly parameters: readonly Parameter[];
  /** Undefined if the route takes no body. */
  readonly body: Schema | undefined;
  /** The content types of each status. */
  readonly responses: Readonly<Record<string, readonly string[]>>;
}

interface DocumentedOperation {
  readonly security?: readonly object[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { schema: Schema }>> };
  readonly responses: Readonly<Record<string, { readonly content?: object }>>;
}

export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

export function operationsOf({ paths }: Document): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({
      method: method.toUpperCase(),
      path,
      needsToken: (described.security ?? []).length > 0,
      parameters: described.parameters ?? [],
      body: described.requestBody?.content['application/json']?.schema,
      responses: Object.fromEntries(
        Object.entries(described.responses).map(([status, { content = {} }]) => [
          status,
          Object.keys(content),
        ]),
      ),
    })),
  );
}

/** Resolves a reference to a schema. */
export function resolveSchema(document: Document, schema: Schema): Schema {
  const reference = schema.$ref ?? schema.allOf?.[0]?.$ref;
  if (reference === undefined) return schema;
  const found = document.components.schemas[reference.replace('#/components/schemas/', '')];
  if (!found) throw new Error(`The document has no ${reference}`);
  return resolveSchema(document, found);
}

/**
 * Relative frequency in the fuzz test. It is lower for routes that hash passwords, or after which the test
 * logs in again, because hashing keeps a core busy.
 */
export function fuzzShareOf({ path }: Operation): number {
  return /change-password|login|logout|register/.test(path) ? 0.3 : 1;
}
