/** The greatest length of a plate in characters. */
export const MAX_PLATE_LENGTH = 20;

/** White space, dashes, full stops and middle dots, which people write or omit as they like. */
const SEPARATORS = /[\p{White_Space}\p{Dash_Punctuation}.·・]/gu;

/**
 * The form in which plates are compared: NFKC, without case and without separators. Nothing else is
 * folded: `Ö` is not `O`, and a Cyrillic letter is not the Latin one that looks like it. Empty for a
 * text that is not a plate.
 */
export function plateKey(plate: string): string {
  // Text in lower case may compose differently: "İ" becomes "i" with a combining dot. A sigma at the end of a
  // word has its own form, and the separators determine where a word ends.
  return plate
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll('ς', 'σ')
    .normalize('NFKC')
    .replaceAll(SEPARATORS, '');
}

/** The key of a plate that may be missing; null if there is nothing to compare. */
export function plateKeyOf(plate: string | null): string | null {
  return (plate !== null && plateKey(plate)) || null;
}

/** Whether the text has a letter or digit, which every plate has. */
export function isPlate(text: string): boolean {
  return /[\p{Letter}\p{Decimal_Number}]/u.test(text.normalize('NFKC'));
}
