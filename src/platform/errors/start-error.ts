/** The program cannot start for a reason that the operator can fix; the message names it. */
export class StartError extends Error {}
