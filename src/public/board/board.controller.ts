import { readFileSync } from 'node:fs';
import { Controller, Get, Req, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../auth/access/access.js';
import { Configuration } from '../../platform/config/configuration.js';
import { RouteNotFound } from '../../platform/errors/coded-error.js';
import { isUnchanged } from '../../platform/http/server/cacheable.js';
import { BOARD_CSP } from '../../platform/http/server/security-headers.js';
import { Clock } from '../../platform/time/clock.js';
import { SECOND } from '../../platform/time/durations.js';
import { CurrentLots } from '../../parking/occupancy/current-lots.js';
import { PublicRequestGuard } from '../public-request.guard.js';
import { boardPage } from './board-page.js';

/** The files that the page loads: their media type, and the source files that they consist of. */
const FILES: Readonly<Record<string, readonly [type: string, ...sources: string[]]>> = {
  'board.js': ['text/javascript; charset=utf-8', 'board.client.js'],
  'board.css': ['text/css; charset=utf-8', 'page.css', 'lots.css'],
  'icon.svg': ['image/svg+xml', 'icon.svg'],
};

/**
 * How old the cached lots may be, in ms. Together with {@link CLIENT_MAX_AGE}, this is the 5 s of
 * docs/contract.md.
 */
const MAX_AGE = 2 * SECOND;
/** How long clients keep the page, in seconds. */
const CLIENT_MAX_AGE = 3;
/** In seconds: a screen that shows the page for months loads a new version soon after an upgrade. */
const FILE_MAX_AGE = 60;

/** The page for the screen at the entrance and for phones. */
@ApiExcludeController()
@Public()
@UseGuards(PublicRequestGuard)
@Controller('board')
export class BoardController {
  private readonly files = new Map(
    Object.entries(FILES).map(([path, [type, ...sources]]) => {
      const contents = sources.map((name) => readFileSync(new URL(name, import.meta.url)));
      return [path, { body: Buffer.concat(contents), type }];
    }),
  );

  constructor(
    private readonly lots: CurrentLots,
    private readonly clock: Clock,
    private readonly configuration: Configuration,
  ) {}

  @Get()
  async board(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | undefined> {
    const body = await this.lots.remember({
      key: 'board',
      maxAge: MAX_AGE,
      compute: (lots) =>
        Buffer.from(boardPage(lots, this.clock.now(), this.configuration.timezone)),
    });
    void reply.type('text/html; charset=utf-8').header('content-security-policy', BOARD_CSP);
    return isUnchanged(body, { request, reply, maxAge: CLIENT_MAX_AGE }) ? undefined : body;
  }

  @Get(Object.keys(FILES))
  file(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Buffer | undefined {
    const name = request.routeOptions.url?.split('/').at(-1) ?? '';
    const file = this.files.get(name);
    if (!file) throw new RouteNotFound(request.method, request.url);
    void reply.type(file.type);
    return isUnchanged(file.body, { request, reply, maxAge: FILE_MAX_AGE }) ? undefined : file.body;
  }
}
