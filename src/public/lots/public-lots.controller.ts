import { Controller, Get, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { ApiExtraModels } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../auth/access/access.js';
import { nearOf, NearQuery } from '../../api-models/near.dto.js';
import { ApiProblems } from '../../platform/errors/api-problems.js';
import type { SerializedPage } from '../../platform/http/fast-json/serialized-list.js';
import { ApiPage } from '../../platform/http/pagination/api-page.js';
import { isUnchanged } from '../../platform/http/server/cacheable.js';
import { encodeCursor } from '../../platform/page.js';
import { PublicRequestGuard } from '../public-request.guard.js';
import { LotFeaturesDto } from './lots-geojson.js';
import { PublicLotDto } from './public-lot.dto.js';
import { CLIENT_MAX_AGE, PublicLotsQueries } from './public-lots-queries.js';

const GEOJSON = 'application/geo+json';

@ApiTags('Public')
@Public()
@UseGuards(PublicRequestGuard)
@Controller('api/public')
export class PublicLotsController {
  constructor(private readonly lots: PublicLotsQueries) {}

  @ApiOperation({
    summary: 'All parking lots with their free spots, by id',
    description:
      'With `near`: the nearest first, each with its distance, without lots whose position is unknown. At most 5 seconds old.',
  })
  @ApiPage(PublicLotDto)
  @ApiResponse({ status: 304, description: 'Unchanged since the response with this `ETag`' })
  @ApiProblems('VALIDATION_FAILED')
  @Get('lots')
  async listPublicLots(
    @Query() query: NearQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SerializedPage | undefined> {
    const near = nearOf(query);
    const page = await (near ? this.lots.listNear(query, near) : this.lots.list(query));
    // The ETag also depends on the `Link` header, which a page with the same lots has only if more follow.
    const variant = page.next && encodeCursor(page.next);
    const cached = { request, reply, maxAge: CLIENT_MAX_AGE, variant };
    return isUnchanged(page.json, cached) ? undefined : page;
  }

  @ApiOperation({ summary: 'All parking lots whose position is known, as GeoJSON (RFC 7946)' })
  @ApiExtraModels(LotFeaturesDto)
  @ApiOkResponse({ content: { [GEOJSON]: { schema: { $ref: getSchemaPath(LotFeaturesDto) } } } })
  @ApiResponse({ status: 304, description: 'Unchanged since the response with this `ETag`' })
  @Get('lots.geojson')
  async publicLotsAsGeoJson(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | undefined> {
    const json = await this.lots.geoJson();
    void reply.type(GEOJSON);
    const known = isUnchanged(json, { request, reply, maxAge: CLIENT_MAX_AGE });
    return known ? undefined : json;
  }
}
