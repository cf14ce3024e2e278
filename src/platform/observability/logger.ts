import { type LoggerService, Injectable } from '@nestjs/common';
import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import type { Configuration } from '../config/configuration.js';
import { FastJsonDate } from '../http/fast-json/fast-json-date.js';
import { errorCode } from '../errors/error-text.js';
import { logOutput } from './log-output.js';

export type { Logger } from 'pino';

/** Creates the program's log: one JSON object per line, or coloured lines for people. */
export function createLogger({ logLevel, logFormat }: Configuration): Logger {
  const options = { level: logLevel, base: undefined };
  if (logFormat === 'json') return pino({ ...options, timestamp: logTime }, logOutput());
  return pino(
    options,
    pretty({
      sync: true,
      translateTime: 'SYS:HH:MM:ss.l',
      ignore: 'context',
      messageFormat: '{if context}[{context}] {end}{msg}',
      hideObject: false,
      singleLine: true,
    }),
  );
}

/**
 * The field `time` of a line. Pino's own `isoTime` gives the same text, but adds 4 % to the CPU time
 * of the cached statistics.
 */
function logTime(): string {
  return `,"time":"${new FastJsonDate().toJSON()}"`;
}

/** Nest's start messages, which are of no use to an operator. */
const FRAMEWORK_CONTEXTS: ReadonlySet<unknown> = new Set([
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'RouterExplorer',
  'RoutesResolver',
]);

/** Contexts of errors that prevent the start: main.ts reports them in one line. */
const START_CONTEXTS: ReadonlySet<unknown> = new Set(['ExceptionHandler', 'NestApplication']);

/** Sends the messages of Nest and of `new Logger(context)` to the same log. */
@Injectable()
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write('info', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  /** Nest passes the context as the last parameter, after any other values. */
  private write(
    level: 'info' | 'warn' | 'error' | 'fatal' | 'debug' | 'trace',
    message: unknown,
    rest: unknown[],
  ): void {
    const context = rest.pop();
    if (level === 'info' && FRAMEWORK_CONTEXTS.has(context)) level = 'debug';
    if (level === 'error' && START_CONTEXTS.has(context)) return;
    const note = rest.filter((part) => typeof part === 'string').join(' ');
    if (message instanceof Error) {
      this.logger[level]({ context, err: errorForLog(message) }, note || message.message);
    } else {
      this.logger[level]({ context }, [String(message), note].filter(Boolean).join(' '));
    }
  }
}

/**
 * The error of a failed statement contains the statement's parameters, such as hashes and addresses, which
 * must not be logged.
 */
function errorForLog(error: Error): Record<string, unknown> {
  const { name, message, stack } = error;
  const query = 'query' in error ? error.query : undefined;
  return { type: name, message, stack, code: errorCode(error), query };
}
