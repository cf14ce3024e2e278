/** The body of a route that needs none: left out, empty, or an object without fields. */
export class NoBodyDto {}
