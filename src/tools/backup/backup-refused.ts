/** Nothing is backed up or restored, for a reason that the operator can mend; the message says which. */
export class BackupRefused extends Error {}
