/** Every error code with its status and title. A code never changes its meaning. */
export const PROBLEMS = {
  VALIDATION_FAILED: { status: 400, title: 'The request has invalid fields' },
  MALFORMED_REQUEST: { status: 400, title: 'The request cannot be read' },
  CURRENT_PASSWORD_WRONG: { status: 400, title: 'The current password is wrong' },
  TOKEN_MISSING: { status: 401, title: 'A token is required' },
  TOKEN_INVALID: { status: 401, title: 'The token is not valid' },
  TOKEN_EXPIRED: { status: 401, title: 'The token has expired' },
  TOKEN_REVOKED: { status: 401, title: 'The token has been revoked' },
  CREDENTIALS_WRONG: { status: 401, title: 'The user name or password is wrong' },
  ROLE_FORBIDDEN: { status: 403, title: 'The role does not allow this' },
  ROUTE_NOT_FOUND: { status: 404, title: 'No such route' },
  LOT_NOT_FOUND: { status: 404, title: 'No such parking lot' },
  BOOKING_NOT_FOUND: { status: 404, title: 'No such booking' },
  EXPORT_NOT_FOUND: { status: 404, title: 'No such export' },
  JOB_NOT_FOUND: { status: 404, title: 'No such job' },
  REPORT_NOT_FOUND: { status: 404, title: 'No such report' },
  USERNAME_TAKEN: { status: 409, title: 'The user name is taken' },
  EMAIL_TAKEN: { status: 409, title: 'The e-mail address is taken' },
  ALREADY_PARKED: { status: 409, title: 'The driver has an active booking' },
  ALREADY_RELEASED: { status: 409, title: 'The booking is already released' },
  LOT_FULL: { status: 409, title: 'The parking lot is full' },
  LOT_OCCUPIED: { status: 409, title: 'The parking lot has occupied spots' },
  TOO_FEW_SPOTS: { status: 409, title: 'More spots are occupied than asked for' },
  EXPORT_NOT_READY: { status: 409, title: 'The export is not ready' },
  PERIOD_COMPLETED: { status: 409, title: 'The job is completed for this period' },
  IDEMPOTENCY_KEY_IN_USE: { status: 409, title: 'A request with this key is under way' },
  EXPORT_EXPIRED: { status: 410, title: 'The export has expired' },
  BODY_TOO_LARGE: { status: 413, title: 'The request body is too large' },
  NOT_JSON: { status: 415, title: 'The request body is not JSON' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: 'The key stands for another request' },
  RATE_LIMITED: { status: 429, title: 'Too many of these requests' },
  HEADERS_TOO_LARGE: { status: 431, title: 'The address or the headers are too long' },
  INTERNAL_ERROR: { status: 500, title: 'Something went wrong here' },
  DATABASE_UNAVAILABLE: { status: 503, title: 'The database does not answer' },
  OVERLOADED: { status: 503, title: 'Too much is asked at once' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

/** The problem's `type` URI (RFC 9457, section 3.1.1). */
export function problemType(code: ProblemCode): string {
  return `urn:vpms:problem:${code.toLowerCase().replaceAll('_', '-')}`;
}
