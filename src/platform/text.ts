/** Length in characters (Unicode code points), as every length limit counts. */
export function codePoints(text: string): number {
  return [...text].length;
}

/** The form in which names and e-mails are compared (case-insensitive). */
export function caseFolded(text: string): string {
  return text.toLowerCase();
}

/** PostgreSQL refuses the character 0 in text, so no stored text contains it. */
export function canBeStored(text: string): boolean {
  return !text.includes('\0');
}

/** The text, or its beginning with an ellipsis, in at most `max` UTF-16 units. */
export function shorten(text: string, max: number): string {
  if (text.length <= max) return text;
  // A surrogate pair is not cut in half.
  return `${text.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
