import { Controller, Get, Headers, Req, Res, UseGuards } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../auth/access/access.js';
import { ApiProblems } from '../../platform/errors/api-problems.js';
import { StreamRoute } from '../../platform/http/server/stream-route.js';
import { clientNetwork } from '../../platform/rate-limits/client-network.js';
import { PublicRequestGuard } from '../public-request.guard.js';
import { OccupancyDto } from './occupancy.dto.js';
import { OccupancyStreams } from './occupancy-streams.js';

@ApiTags('Public')
@Public()
@UseGuards(PublicRequestGuard)
@Controller('api/public')
export class OccupancyController {
  constructor(private readonly streams: OccupancyStreams) {}

  @ApiOperation({
    summary: 'Follow the free spots of all lots (server-sent events)',
    description:
      'First an event `snapshot` with an array of all lots; then, for each change, an event `occupancy` with one lot, at most one per lot per second. Created and deleted lots are changes too; a deleted lot has no spots. A client that sends `Last-Event-ID` gets the latest change of each lot since then instead of the snapshot, if this process knows the id. A comment follows every 15 seconds.',
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The id of the last event that was received; browsers send it automatically',
  })
  @ApiExtraModels(OccupancyDto)
  @ApiOkResponse({
    description: 'Events until the client disconnects',
    content: {
      'text/event-stream': {
        schema: { type: 'array', items: { $ref: getSchemaPath(OccupancyDto) } },
      },
    },
  })
  @ApiProblems('MALFORMED_REQUEST')
  @StreamRoute()
  @Get('occupancy')
  async followOccupancy(
    @Req() { ip, method }: FastifyRequest,
    @Res() reply: FastifyReply,
    @Headers('last-event-id') lastEventId: string | undefined,
  ): Promise<void> {
    // Fastify routes HEAD requests here too. Their response has no body, so it must not stay open.
    if (method === 'HEAD') return void reply.type('text/event-stream').send();
    await this.streams.open({ reply, network: clientNetwork(ip), lastEventId });
  }
}
