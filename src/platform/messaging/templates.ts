import { readFileSync } from 'node:fs';
import Handlebars from 'handlebars';

/** Fills a template in; the context's fields are what the template names. */
export type Template<Context> = (context: Context) => string;

/**
 * Loads a Handlebars template that stands beside the module. In HTML every value is escaped; in
 * text (`.txt.hbs`) there is nothing to escape.
 */
export function loadTemplate<Context>(name: string, moduleUrl: string): Template<Context> {
  const source = readFileSync(new URL(name, moduleUrl), 'utf8');
  return Handlebars.create().compile<Context>(source, {
    strict: true,
    noEscape: name.endsWith('.txt.hbs'),
  });
}
