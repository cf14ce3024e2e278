/** The import is impossible for a reason that its operator can mend; one line, nothing written. */
export class ImportRefused extends Error {}
