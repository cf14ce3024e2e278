/** The simulation cannot start or continue; the message states the reason. */
export class SimulationRefused extends Error {
  /** @param status the status of the response that refused the simulation */
  constructor(
    message: string,
    readonly status?: number,
  ) {
    super(message);
  }
}
