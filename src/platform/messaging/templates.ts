import { readFileSync } from 'node:fs';
import Handlebars from 'handlebars';

/** Renders the template with a context that has a field for each of its placeholders. */
export type Template<Context> = (context: Context) => string;

/**
 * Compiles a Handlebars template from the module's folder. Values are escaped in HTML and inserted
 * unchanged in text (`.txt.hbs`). A placeholder without a value throws.
 */
export function loadTemplate<Context>(name: string, moduleUrl: string): Template<Context> {
  const source = readFileSync(new URL(name, moduleUrl), 'utf8');
  return Handlebars.create().compile<Context>(source, {
    strict: true,
    noEscape: name.endsWith('.txt.hbs'),
  });
}

/** HTML that a template inserts unchanged. */
export type Markup = Handlebars.SafeString;

/**
 * Marks HTML that the program generated, such as a plot, so that templates do not escape it. The caller
 * must have escaped every value in it.
 */
export function markup(html: string): Markup {
  return new Handlebars.SafeString(html);
}
