/** Blocks waiting code until it is opened. */
export class Latch {
  /** Releases all current and later waiters. */
  readonly open: () => void;
  /** Resolves when it is open. */
  readonly opened: Promise<void>;

  constructor() {
    let open = (): void => undefined;
    this.opened = new Promise((resolve) => {
      open = resolve;
    });
    this.open = open;
  }
}
