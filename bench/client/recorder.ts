/** While it is open, the recorder records the duration and the status of each request of one load. */
export class Recorder {
  private readonly durations: number[] = [];
  private readonly statuses = new Map<number, number>();
  private isOpen = false;

  readonly record = (status: number, milliseconds: number): void => {
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

  /** Number of responses by status. */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.statuses);
  }

  /** Percentile of the durations in milliseconds (nearest rank). @param share from 0 to 1 */
  percentile(share: number): number {
    const sorted = Float64Array.from(this.durations).sort();
    return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN;
  }
}
