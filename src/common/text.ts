/** Length in characters (Unicode code points), as every length of the contract counts. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** The form in which names and e-mails are compared: without regard to case. */
export function caseFolded(text: string): string {
  return text.toLowerCase();
}
