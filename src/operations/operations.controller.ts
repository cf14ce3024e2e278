import { Controller, Get, Res, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/access/access.js';
import { HealthCheck } from '../platform/observability/health.js';
import { Metrics } from '../platform/observability/metrics.js';
import { ApiProblems } from '../platform/errors/api-problems.js';
import { VERSION } from '../platform/version.js';
import { MetricsGuard } from './metrics.guard.js';
import { LivenessDto, ReadinessDto, ServiceDto } from './operations.dto.js';

/** Seconds after which a load balancer should check again. */
const RETRY_AFTER = 2;
const UNAVAILABLE = {
  status: 503,
  description: 'A dependency is down',
  headers: { 'Retry-After': { $ref: '#/components/headers/Retry-After' } },
  type: ReadinessDto,
};

@ApiTags('Operations')
@Public()
@Controller()
export class OperationsController {
  constructor(
    private readonly healthCheck: HealthCheck,
    private readonly registry: Metrics,
  ) {}

  @ApiOperation({ summary: "The program's name and version, and the URL of its documentation" })
  @ApiOkResponse({ type: ServiceDto })
  @Get()
  service(): ServiceDto {
    return { name: 'vpms', version: VERSION, documentation: '/api/docs' };
  }

  @ApiOperation({ summary: 'Whether the process runs' })
  @ApiOkResponse({ type: LivenessDto })
  @Get('health/live')
  liveness(): LivenessDto {
    return { status: 'ok' };
  }

  @ApiOperation({ summary: 'Whether the process is ready, and the state of each dependency' })
  @ApiOkResponse({ type: ReadinessDto })
  @ApiResponse(UNAVAILABLE)
  @Get('health/ready')
  async readiness(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadinessDto> {
    const { status, dependencies } = await this.healthCheck.check();
    if (status === 'unavailable') void reply.status(503).header('retry-after', RETRY_AFTER);
    return { status, dependencies: { ...dependencies } };
  }

  @ApiOperation({ summary: 'The same as /health/ready' })
  @ApiOkResponse({ type: ReadinessDto })
  @ApiResponse(UNAVAILABLE)
  @Get('health')
  health(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadinessDto> {
    return this.readiness(reply);
  }

  @ApiOperation({
    summary: 'Metrics of this process for Prometheus',
    description:
      'Requires `METRICS_TOKEN` as the Bearer token, if it is set. Otherwise production returns 404 to clients on other machines.',
  })
  @ApiProduces('text/plain')
  @ApiOkResponse({ description: "Prometheus's text format", type: String })
  @ApiProblems('TOKEN_MISSING', 'TOKEN_INVALID', 'ROUTE_NOT_FOUND')
  @UseGuards(MetricsGuard)
  @Get('metrics')
  metrics(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    void reply.type(this.registry.contentType).header('cache-control', 'no-store');
    return this.registry.text();
  }
}
