/** The import wrote nothing, for a reason that the operator can fix. The message is one line. */
export class ImportRefused extends Error {}
