import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/access.js';
import { HealthCheck } from '../common/observability/health.js';
import { VERSION } from '../common/version.js';
import { LivenessDto, ReadinessDto, ServiceDto } from './operations.dto.js';

/** Seconds after which a load balancer should ask again. */
const RETRY_AFTER = 2;

@ApiTags('Operations')
@Public()
@Controller()
export class OperationsController {
  constructor(private readonly health: HealthCheck) {}

  @ApiOperation({ summary: 'What this is, and where it is documented' })
  @ApiOkResponse({ type: ServiceDto })
  @Get()
  service(): ServiceDto {
    return { name: 'vpms', version: VERSION, documentation: '/api/docs' };
  }

  @ApiOperation({ summary: 'Whether the process runs' })
  @ApiOkResponse({ type: LivenessDto })
  @Get('health/live')
  live(): LivenessDto {
    return { status: 'ok' };
  }

  @ApiOperation({ summary: 'Whether it can serve, and the state of each dependency' })
  @ApiOkResponse({ type: ReadinessDto })
  @ApiResponse({ status: 503, description: 'A dependency is down', type: ReadinessDto })
  @Get(['health', 'health/ready'])
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadinessDto> {
    const { ready, dependencies } = await this.health.check();
    if (!ready) void reply.status(503).header('retry-after', RETRY_AFTER);
    return { status: ready ? 'ok' : 'unavailable', dependencies: { ...dependencies } };
  }
}
