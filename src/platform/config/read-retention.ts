import type { RetentionDays } from './configuration.js';
import type { VariableReader } from './environment/variable-reader.js';

/** A hundred years. */
const MAX_DAYS = 36_500;

/** Deliveries are kept for at least a week, after which no run can send the same message again. */
export function readRetention(read: VariableReader): RetentionDays {
  return {
    plates: read.optionalInteger('PLATE_RETENTION_DAYS', 1, MAX_DAYS),
    audit: read.integer('AUDIT_RETENTION_DAYS', 1_095, 1, MAX_DAYS),
    deliveries: read.integer('DELIVERY_RETENTION_DAYS', 35, 7, MAX_DAYS),
    networks: read.integer('SESSION_NETWORK_RETENTION_DAYS', 365, 1, MAX_DAYS),
  };
}
