import { CodedError } from '../platform/errors/coded-error.js';

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

export class TokenExpired extends CodedError {
  readonly code = 'TOKEN_EXPIRED';
  constructor() {
    super('The token has expired; log in again.');
  }
}

/**
 * The session was ended by a logout or a password change, or its account is gone or has another
 * role.
 */
export class TokenRevoked extends CodedError {
  readonly code = 'TOKEN_REVOKED';
  constructor() {
    super('The token has been revoked; log in again.');
  }
}

export class RoleForbidden extends CodedError {
  readonly code = 'ROLE_FORBIDDEN';
  constructor(role: string) {
    super(`The role ${role} does not allow this.`);
  }
}

/** Does not reveal whether the name or the password was wrong. */
export class CredentialsWrong extends CodedError {
  readonly code = 'CREDENTIALS_WRONG';
  constructor() {
    super('The user name or password is wrong.');
  }
}

export class CurrentPasswordWrong extends CodedError {
  readonly code = 'CURRENT_PASSWORD_WRONG';
  constructor() {
    super('The current password is wrong.');
  }
}

export class UsernameTaken extends CodedError {
  readonly code = 'USERNAME_TAKEN';
  constructor() {
    super('The user name is taken; choose another one.');
  }
}

export class EmailTaken extends CodedError {
  readonly code = 'EMAIL_TAKEN';
  constructor() {
    super('The e-mail address already has an account.');
  }
}
