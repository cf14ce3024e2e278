import { CodedError, type FieldError } from '../platform/errors/coded-error.js';
import { idText } from '../platform/errors/error-text.js';

export class TokenMissing extends CodedError {
  readonly code = 'TOKEN_MISSING';
  constructor() {
    super('Send a token: Authorization: Bearer <token>.');
  }
}

export class TokenInvalid extends CodedError {
  readonly code = 'TOKEN_INVALID';
  constructor() {
    super('The token is not valid; log in again.');
  }
}

/** The header has no Bearer token, so logging in again would not help. */
export class NoBearerToken extends CodedError {
  readonly code = 'TOKEN_INVALID';
  constructor() {
    super('The Authorization header must have the form: Bearer <token>.');
  }
}

export class TokenExpired extends CodedError {
  readonly code = 'TOKEN_EXPIRED';
  constructor() {
    super('The token has expired; log in again.');
  }
}

/** The session was ended, or its account is disabled, erased, or has another role. */
export class TokenRevoked extends CodedError {
  readonly code = 'TOKEN_REVOKED';
  constructor() {
    super('The token has been revoked; log in again.');
  }
}

/** The key of a gate was replaced, or its gate was deleted. */
export class GateKeyRevoked extends CodedError {
  readonly code = 'TOKEN_REVOKED';
  constructor() {
    super('The key of the gate is no longer valid; an operator can issue a new one.');
  }
}

export class RoleForbidden extends CodedError {
  readonly code = 'ROLE_FORBIDDEN';
  constructor(role: string) {
    super(`The role ${role} does not permit this request.`);
  }
}

/** Does not reveal whether the name or the password was wrong. */
export class CredentialsWrong extends CodedError {
  readonly code = 'CREDENTIALS_WRONG';
  constructor() {
    super('The username or password is wrong.');
  }
}

export class CurrentPasswordWrong extends CodedError {
  readonly code = 'CURRENT_PASSWORD_WRONG';
  override readonly errors: readonly FieldError[] = [
    { field: 'current_password', message: 'current_password is wrong' },
  ];
  constructor() {
    super('The current password is wrong.');
  }
}

export class UsernameTaken extends CodedError {
  readonly code = 'USERNAME_TAKEN';
  constructor() {
    super('The username is taken; choose another one.');
  }
}

export class EmailTaken extends CodedError {
  readonly code = 'EMAIL_TAKEN';
  constructor() {
    super('The e-mail address already has an account.');
  }
}

/** There is no such account, or it has another role. */
export class AccountNotFound extends CodedError {
  readonly code = 'ACCOUNT_NOT_FOUND';
  constructor(id: number) {
    super(`There is no account ${idText(id)}.`);
  }
}

/** The account has no such session, or it has ended. */
export class SessionNotFound extends CodedError {
  readonly code = 'SESSION_NOT_FOUND';
  constructor(id: number) {
    super(`There is no session ${idText(id)}.`);
  }
}

export class OwnAccount extends CodedError {
  readonly code = 'OWN_ACCOUNT';
  constructor() {
    super('Operators cannot disable themselves; ask another operator.');
  }
}

/** Without an enabled operator, only the command line could restore access. */
export class LastAdmin extends CodedError {
  readonly code = 'LAST_ADMIN';
  constructor() {
    super('This is the last enabled operator; enable or create another one first.');
  }
}

/** One message for every link that cannot be used, so that it does not reveal which links exist. */
export class LinkGone extends CodedError {
  readonly code = 'RESET_LINK_GONE';
  constructor() {
    super('The link has expired, was used, or was replaced by a newer one; request a new one.');
  }
}

export class MailNotConfigured extends CodedError {
  readonly code = 'MAIL_UNAVAILABLE';
  constructor() {
    super('This installation sends no mail; ask an operator for a password link.');
  }
}
