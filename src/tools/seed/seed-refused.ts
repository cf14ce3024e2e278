/** Nothing is made, for a reason that the caller can mend; the message says which. */
export class SeedRefused extends Error {}
