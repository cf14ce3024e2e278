import { Injectable } from '@nestjs/common';
import { withoutOldPlates } from '../../parking/vehicles/audited-plates.js';
import { PlateRetention } from '../../parking/vehicles/plate-retention.js';
import { AuditRecord } from '../../platform/audit/audit-record.entity.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { decodeCursor, Page } from '../../platform/page.js';
import { caseFolded } from '../../platform/text.js';
import { Clock } from '../../platform/time/clock.js';
import type { AuditLogQuery } from './audit-log-query.dto.js';

@Injectable()
export class AuditLogQueries {
  constructor(
    private readonly database: ReadDatabase,
    private readonly plates: PlateRetention,
    private readonly clock: Clock,
  ) {}

  /** Matching entries, newest first. */
  async list(query: AuditLogQuery): Promise<Page<AuditRecord>> {
    const cutoff = this.plates.cutoff(this.clock.now().getTime());
    const { actor, action, target_type: targetType, target_id: targetId, from, to } = query;
    const [at, id] = decodeCursor(query, 'instant', 'id') ?? [];
    const records = this.database
      .getRepository(AuditRecord)
      .createQueryBuilder('record')
      .orderBy('record.recordedAt', 'DESC')
      .addOrderBy('record.id', 'DESC')
      .limit(query.limit + 1);
    if (at !== undefined) {
      records.andWhere('(record.recordedAt, record.id) < (:at, :id)', { at, id });
    }
    if (actor) {
      records.andWhere('lower(record.actorName) = :actor', { actor: caseFolded(actor) });
    }
    if (action) records.andWhere('record.action = :action', { action });
    if (targetType) records.andWhere('record.targetType = :targetType', { targetType });
    if (targetId) records.andWhere('record.targetId = :targetId', { targetId });
    if (from) records.andWhere('record.recordedAt >= :from', { from: from.getTime() });
    if (to) records.andWhere('record.recordedAt < :to', { to: to.getTime() });
    const shown = await withoutOldPlates(this.database, cutoff, await records.getMany());
    return Page.of(shown, query.limit, (record) => [record.recordedAt.getTime(), record.id]);
  }
}
