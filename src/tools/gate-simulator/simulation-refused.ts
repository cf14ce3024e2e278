/** The simulation cannot start; the message states what to change. */
export class SimulationRefused extends Error {
  /** @param status the status of the response that refused the simulation */
  constructor(
    message: string,
    readonly status?: number,
  ) {
    super(message);
  }
}
