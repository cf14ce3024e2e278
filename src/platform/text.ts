/** Length in characters (Unicode code points), as every length of the contract counts. */
export function codePoints(text: string): number {
  return [...text].length;
}

/** The form in which names and e-mails are compared: without regard to case. */
export function caseFolded(text: string): string {
  return text.toLowerCase();
}

/** PostgreSQL refuses the character 0 in a text, so no name, id or word with it is in a database. */
export function canBeStored(text: string): boolean {
  return !text.includes('\0');
}
