import type { FieldError } from '../../platform/errors/coded-error.js';
import type { Cap } from '../../parking/tariffs/tariff.js';
import { conditionsOf, type RateDto } from './rate.dto.js';

/** The parts of a tariff that depend on each other; amounts in major units. */
interface TariffParts {
  readonly rates: readonly RateDto[];
  readonly caps?: readonly Cap[];
  readonly minimum: number;
}

/** The rules of a tariff that concern several of its rates, caps and amounts (docs/tariffs.md). */
export function tariffFaults({ rates, caps = [], minimum }: TariffParts): readonly FieldError[] {
  const faults = [...conditionFaults(rates), ...capFaults(caps)];
  const least = Math.min(...caps.map(({ amount }) => amount));
  if (minimum > least) faults.push(fault('minimum', `must not be above a cap, such as ${least}`));
  return faults;
}

/** The last rate applies whenever no other does; any other rate without conditions would hide it. */
function conditionFaults(rates: readonly RateDto[]): FieldError[] {
  const last = rates.length - 1;
  return rates.flatMap((rate, index) => {
    const conditions = conditionsOf(rate);
    if (index === last) {
      return conditions.map((name) =>
        fault(`rates[${index}].${name}`, 'must be omitted, because the last rate always applies'),
      );
    }
    if (conditions.length > 0) return [];
    return [fault(`rates[${index}]`, 'must have a condition, because only the last rate has none')];
  });
}

function capFaults(caps: readonly Cap[]): FieldError[] {
  return caps.flatMap(({ per }, index) => {
    const before = new Set(caps.slice(0, index).map((cap) => cap.per));
    if (before.has(per))
      return [fault(`caps[${index}].per`, 'must differ from the caps before it')];
    const isDaily = per !== 'stay';
    const isCombined = isDaily && [...before].some((other) => other !== 'stay');
    if (!isCombined) return [];
    return [fault(`caps[${index}].per`, 'must not combine 24_hours and calendar_day')];
  });
}

function fault(field: string, rule: string): FieldError {
  return { field, message: `${field} ${rule}` };
}
