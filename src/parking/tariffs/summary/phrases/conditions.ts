import { AllowedDays } from '../../allowed-days.js';
import type { Rate } from '../../tariff.js';
import { dayPhrase } from './days.js';
import { periodWords, rangeWords } from './words.js';

/** When a rate applies, such as `Monday to Friday`, `08:00 to 18:00`, `first 2 hours`. */
export function conditionPhrases(rate: Rate): readonly string[] {
  return [dayPhrase(rate), timePhrase(rate), elapsedPhrase(rate)].filter(
    (phrase) => phrase !== undefined,
  );
}

/** Whether no stay can reach the rates that follow this one. */
export function alwaysApplies(rate: Rate): boolean {
  const hasDay = dayPhrase(rate) !== undefined;
  return !hasDay && elapsedPhrase(rate) === undefined && rate.from === rate.until;
}

/** Whether the conditions contradict each other. */
export function neverApplies(rate: Rate): boolean {
  const { from_minute = 0, until_minute = Number.POSITIVE_INFINITY } = rate;
  return from_minute >= until_minute || new AllowedDays(rate).dates?.length === 0;
}

/** Whether the window is the calendar day. */
export function isWholeDay({ from, until }: Rate): boolean {
  return from === '00:00' && until === '00:00';
}

function timePhrase(rate: Rate): string | undefined {
  const { from, until } = rate;
  if (from === undefined || until === undefined || isWholeDay(rate)) return undefined;
  if (until === '00:00') return `${from} to 24:00`;
  const hasDay = dayPhrase(rate) !== undefined;
  const isNextDay = until === from || (until < from && hasDay);
  return `${from} to ${until}${isNextDay ? ' the next day' : ''}`;
}

function elapsedPhrase({ from_minute = 0, until_minute }: Rate): string | undefined {
  if (until_minute === undefined) {
    return from_minute > 0 ? `after the first ${periodWords(from_minute)}` : undefined;
  }
  if (from_minute === 0) return `first ${periodWords(until_minute)}`;
  return `from ${rangeWords(from_minute, until_minute)}`;
}
