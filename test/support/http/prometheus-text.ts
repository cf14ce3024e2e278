/** One value of a metric. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const COMMENT = new RegExp(`^# (HELP|TYPE) (${NAME}) (.+)$`);
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? ([-+]?(?:\\d[\\d.eE+-]*|Inf)|NaN)$`);
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/;
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: [''],
  gauge: [''],
  summary: ['', '_sum', '_count'],
  histogram: ['_bucket', '_sum', '_count'],
};

/** A strict parser of Prometheus's text format 0.0.4. */
export class PrometheusText {
  readonly samples: Sample[] = [];
  readonly families = new Map<string, string>();

  /** @throws Error at the first invalid line */
  constructor(text: string) {
    if (!text.endsWith('\n')) throw new Error('The last line has no end');
    let family = '';
    let help = '';
    const seen = new Set<string>();
    for (const line of text.split('\n')) {
      if (line === '') continue;
      const [, kind, name = '', rest = ''] = COMMENT.exec(line) ?? [];
      if (kind === 'HELP') help = name;
      else if (kind === 'TYPE') {
        if (help !== name || this.families.has(name) || !SUFFIXES[rest]) throw new Error(line);
        this.families.set(name, rest);
        family = name;
      } else {
        const sample = readSample(line);
        const suffixes = SUFFIXES[this.families.get(family) ?? ''] ?? [];
        if (!suffixes.some((suffix) => sample.name === family + suffix)) throw new Error(line);
        const key = line.slice(0, line.lastIndexOf(' '));
        if (seen.has(key)) throw new Error(`twice: ${key}`);
        seen.add(key);
        this.samples.push(sample);
      }
    }
    this.checkHistograms();
  }

  /** The value with exactly the given labels; undefined if there is none. */
  value(name: string, labels: Sample['labels'] = {}): number | undefined {
    const wanted = Object.entries(labels);
    return this.all(name).find(
      (sample) =>
        Object.keys(sample.labels).length === wanted.length &&
        wanted.every(([label, text]) => sample.labels[label] === text),
    )?.value;
  }

  all(name: string): readonly Sample[] {
    return this.samples.filter((sample) => sample.name === name);
  }

  /** Expects that buckets increase and the last one equals the count. */
  private checkHistograms(): void {
    for (const [name, type] of this.families) {
      if (type !== 'histogram') continue;
      for (const { labels, value } of this.all(`${name}_count`)) {
        const buckets = this.all(`${name}_bucket`).filter((bucket) =>
          Object.entries(labels).every(([label, text]) => bucket.labels[label] === text),
        );
        const values = buckets.map((bucket) => bucket.value);
        const isSorted = values.every((number, index) => number >= (values[index - 1] ?? 0));
        const last = buckets.at(-1);
        if (!isSorted || last?.labels['le'] !== '+Inf' || last.value !== value) {
          throw new Error(`${name}: ${values.join(' ')} of ${value}`);
        }
      }
    }
  }
}

function readSample(line: string): Sample {
  const [, name, labelText = '', value = ''] = SAMPLE.exec(line) ?? [];
  if (!name) throw new Error(`No sample: ${line}`);
  const labels: Record<string, string> = {};
  let rest = labelText;
  while (rest !== '') {
    const [matched, label = '', text = ''] = LABEL.exec(rest) ?? [];
    if (!matched || label in labels) throw new Error(`No labels: ${line}`);
    labels[label] = text;
    rest = rest.slice(matched.length);
  }
  return { name, labels, value: Number(value.replace('Inf', 'Infinity')) };
}
