import { ApiProperty } from '@nestjs/swagger';
import {
  type DependencyState,
  type Readiness,
  READINESS,
} from '../platform/observability/health.js';

export class ServiceDto {
  /** @example 'vpms' */
  name: string;

  /** @example '0.1.0' */
  version: string;

  /** URL of the Swagger UI. @example '/api/docs' */
  @ApiProperty({ format: 'uri-reference' })
  documentation: string;
}

export class LivenessDto {
  /** @example 'ok' */
  status: 'ok';
}

export class ReadinessDto {
  /** `degraded`: Redis is down; requests still work, but slower, and background work waits. */
  @ApiProperty({ enum: READINESS, example: 'ok' })
  status: Readiness;

  /** The state of each dependency in use. */
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string', enum: ['up', 'down'] },
    example: { database: 'up' },
  })
  dependencies: Record<string, DependencyState>;
}
