/** The command changed nothing, for a reason that the operator can fix. The message is one line. */
export class BackupRefused extends Error {}
