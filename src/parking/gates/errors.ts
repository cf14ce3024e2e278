import { CodedError } from '../../platform/errors/coded-error.js';
import { idText } from '../../platform/errors/error-text.js';

export class GateNotFound extends CodedError {
  readonly code = 'GATE_NOT_FOUND';
  constructor(gateId: number) {
    super(`There is no gate ${idText(gateId)}.`);
  }
}

export class TooManyGates extends CodedError {
  readonly code = 'TOO_MANY_GATES';
  constructor(lotId: number, max: number) {
    super(`Parking lot ${lotId} has ${max} gates, the most that a lot may have.`);
  }
}

/** The gate's key was replaced, or the gate was deleted, while the request ran. */
export class GateReplaced extends CodedError {
  readonly code = 'TOKEN_REVOKED';
  constructor() {
    super('The key of the gate is no longer valid; an operator can issue a new one.');
  }
}

export class WrongDirection extends CodedError {
  readonly code = 'WRONG_DIRECTION';
  constructor(gateId: number, direction: string) {
    super(`Gate ${gateId} is for cars that go ${direction}.`);
  }
}
