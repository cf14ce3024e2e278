import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { problemExamples } from '../../platform/errors/api-problems.js';
import { ProblemDto } from '../../platform/errors/problem.dto.js';
import { VERSION } from '../../platform/version.js';
import { completeAnswers, HEADERS } from './common-responses.js';

const DESCRIPTION = `Parking lots with numbered spots, drivers who book one and release it for an
hourly price, and operators who manage the lots.

To try it on an empty installation, send the example bodies as they are:

1. Log in as the admin, press **Authorize**, paste the \`token\`, and create a parking lot.
2. Register and log in as a driver, put the driver's \`token\` in the place of the admin's, and book,
   release, and export.

What to know everywhere:

- An instant is ISO 8601 in UTC with milliseconds. Money is a number in the installation's currency.
- A list is a bare array of at most \`limit\` items; the \`Link\` header (RFC 8288) leads to the next ones.
- An error is a problem document (RFC 9457): \`code\` is a stable word for programs, \`message\` a
  sentence for people.`;

/** In the order in which someone new would try them. */
const TAGS: readonly (readonly [name: string, description: string])[] = [
  ['Log in', 'Register as a driver, and get a token. No token is needed here.'],
  ['Admin: parking lots', 'What an operator does with lots and their spots. Role `admin`.'],
  ['User: parking', 'Find a lot, book, release, look back. Role `user`.'],
  ['User: exports', "A driver's history as a CSV file, made in the background. Role `user`."],
  ['User: reports', 'What a driver did in a month, as a page for people. Role `user`.'],
  ['Admin: dashboard', 'Figures and recent events of the whole installation. Role `admin`.'],
  ['Admin: users', 'The drivers and what they have booked. Role `admin`.'],
  ['Admin: jobs', 'Reminders and monthly reports: what ran, and running them now. Role `admin`.'],
  ['Admin: audit log', 'Who did what, when and from where; nobody can change it. Role `admin`.'],
  ['Account', 'Of whomever the token belongs to. A token works until it expires or is ended here.'],
  ['Operations', 'For whoever runs the program; no token is needed.'],
];

/** The OpenAPI document of all routes. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const base = new DocumentBuilder()
    .setTitle('VPMS')
    .setDescription(DESCRIPTION)
    .setVersion(VERSION)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/', 'This installation')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'The `token` of a login, without the word Bearer.',
    });
  for (const [name, description] of TAGS) base.addTag(name, description);
  const document = SwaggerModule.createDocument(app, base.build(), {
    operationIdFactory: (_, method) => method,
    extraModels: [ProblemDto],
  });
  const examples = problemExamples(completeAnswers(document));
  document.components = { ...document.components, headers: HEADERS, examples };
  return document;
}
