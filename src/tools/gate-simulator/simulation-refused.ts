/** The simulation cannot start; the message states what to change. */
export class SimulationRefused extends Error {}
