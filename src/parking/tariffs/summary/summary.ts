import { alwaysApplies, conditionPhrases, isWholeDay, neverApplies } from './phrases/conditions.js';
import { someOverlap } from './phrases/overlap.js';
import { durationWords, periodWords } from './phrases/words.js';
import { CAP_PERIODS, type CapPeriod, type Rate, type Tariff } from '../tariff.js';

type Format = (minor: number) => string;

const CAP_WORDS: Readonly<Record<CapPeriod, string>> = {
  '24_hours': '24 hours',
  calendar_day: 'calendar day',
  stay: 'stay',
};

/**
 * A tariff in short English sentences, like the sign at the entrance. Rates are in the order in
 * which they apply; those that no stay can reach are left out. A sentence is shorter than 300
 * characters, not counting its amount.
 *
 * @param format formats an amount, which is in minor units
 */
export function summarize(tariff: Tariff, format: Format): string[] {
  const { grace_minutes: grace, minimum, tax_basis_points: tax } = tariff;
  const caps = CAP_PERIODS.flatMap((per) => tariff.caps.filter((cap) => cap.per === per));
  return [
    ...(grace > 0 ? [`Stays of up to ${durationWords(grace)} are free.`] : []),
    ...rateSentences(tariff.rates, format),
    ...caps.map(({ per, amount }) => `At most ${format(amount)} per ${CAP_WORDS[per]}.`),
    ...(minimum > 0
      ? [`At least ${format(minimum)} ${grace > 0 ? 'for a longer stay' : 'per stay'}.`]
      : []),
    ...(tax > 0 ? [`Prices include ${tax / 100} % tax.`] : []),
  ];
}

function rateSentences(rates: readonly Rate[], format: Format): readonly string[] {
  const possible = rates.filter((rate) => !neverApplies(rate));
  const end = possible.findIndex((rate) => alwaysApplies(rate));
  const [conditional, last] = [possible.slice(0, end), possible[end]];
  const sentences = conditional.map(
    (rate) => `${capitalize(conditionPhrases(rate).join(', '))}: ${priceWords(rate, format)}.`,
  );
  if (someOverlap(conditional)) {
    sentences.push('If several of these apply, the first one counts.');
  }
  return last ? [...sentences, lastSentence(last, { isOnly: sentences.length === 0, format })] : [];
}

function lastSentence(rate: Rate, { isOnly, format }: { isOnly: boolean; format: Format }): string {
  const price = priceWords(rate, format);
  const when = conditionPhrases(rate).join(', ');
  if (when !== '') return `${isOnly ? when : `Otherwise, ${when}`}: ${price}.`;
  return isOnly ? `${capitalize(price)}.` : `Otherwise ${price}.`;
}

/** `free`, `20.00 per 30 minutes`, `60.00 flat`; `20.00` if the conditions allow only one unit. */
function priceWords(rate: Rate, format: Format): string {
  const isFlat = 'flat' in rate;
  const price = isFlat ? rate.flat : rate.price;
  if (price === 0) return 'free';
  const amount = format(price);
  if (isFlat) return isWholeDay(rate) ? `${amount} per calendar day` : `${amount} flat`;
  const { per_minutes, from_minute = 0, until_minute } = rate;
  const isOnce = until_minute !== undefined && until_minute - from_minute === per_minutes;
  return isOnce ? amount : `${amount} per ${periodWords(per_minutes)}`;
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
