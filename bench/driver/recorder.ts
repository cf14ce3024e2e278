/** Hears of the requests of one load while it is open: how long each took, and its status. */
export class Recorder {
  private readonly durations: number[] = [];
  private readonly statuses = new Map<number, number>();
  private isOpen = false;

  readonly hear = (status: number, milliseconds: number): void => {
    if (!this.isOpen) return;
    this.durations.push(milliseconds);
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
  };

  open(): void {
    this.isOpen = true;
  }

  close(): void {
    this.isOpen = false;
  }

  get requests(): number {
    return this.durations.length;
  }

  /** How often each status came. */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.statuses);
  }

  /** The milliseconds that this share of the requests did not exceed (nearest rank). */
  percentile(share: number): number {
    const sorted = Float64Array.from(this.durations).sort();
    return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN;
  }
}
