/** Holds whoever waits at it until it is opened. */
export class Latch {
  /** Lets everyone through, now and later. */
  readonly open: () => void;
  /** Fulfilled once it is open. */
  readonly opened: Promise<void>;

  constructor() {
    let open = (): void => undefined;
    this.opened = new Promise((resolve) => {
      open = resolve;
    });
    this.open = open;
  }
}
