/** The command wrote nothing, for a reason that the caller can fix; the message names it. */
export class SeedRefused extends Error {}
