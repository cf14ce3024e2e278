/** The command cannot be run as given. The message is for the person who runs it. */
export class AdminRefused extends Error {}
