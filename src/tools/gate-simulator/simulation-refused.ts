/** The simulation cannot start; the message tells what to change. */
export class SimulationRefused extends Error {}
