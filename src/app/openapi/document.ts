import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { Configuration } from '../../platform/config/configuration.js';
import { problemExamples } from '../../platform/errors/api-problems.js';
import { ProblemDto } from '../../platform/errors/problem.dto.js';
import { VERSION } from '../../platform/version.js';
import { addCommonResponses, HEADERS } from './common-responses.js';

const DESCRIPTION = `Parking lots with numbered spots. Drivers book a spot, for now or ahead, and pay by
the hour or by a tariff. Gates read plates. Operators manage lots, gates and drivers.

To try it on an empty installation, send the example bodies unchanged:

1. Log in as the admin, press **Authorize**, paste the \`token\`, and create a parking lot.
2. Register and log in as a driver, authorize with the driver's \`token\` instead of the admin's, and
   book, release, and export.
3. Book ahead with a window of your own, which begins within the next 30 days: the instants in the
   examples have passed.

Conventions of all routes:

- An instant is ISO 8601 in UTC with milliseconds. Money is a number in the installation's currency.
- A list is a bare array of at most \`limit\` items; the \`Link\` header (RFC 8288) points to the next page.
- An error is a problem document (RFC 9457): \`code\` is stable and meant for programs, \`message\`
  is a sentence for people.`;

/** Groups of routes, in the order in which a newcomer would try them. */
const TAGS: readonly (readonly [name: string, description: string])[] = [
  ['Log in', 'Register as a driver, and get a token. No token is needed here.'],
  ['Admin: parking lots', 'Create, change and delete lots, and list their spots. Role `admin`.'],
  [
    'Admin: tariffs',
    'What lots charge: free minutes, steps, evenings, weekends and caps. Role `admin`.',
  ],
  ['Admin: bookings', 'Search bookings, and act for a driver. Role `admin`.'],
  ['Admin: gates', 'Gates of lots, their keys, and the events at them. Role `admin`.'],
  [
    'Gates',
    'Cameras report cars, and the response is the decision. The token is the key of a gate.',
  ],
  ['User: parking', 'Find a lot, book, release, and list past bookings. Role `user`.'],
  ['User: booking ahead', 'Reserve or hold a spot, change, extend, cancel, check in. Role `user`.'],
  ['User: exports', "A driver's history as a CSV file, made in the background. Role `user`."],
  ['User: reports', "A driver's month as an HTML page. Role `user`."],
  ['Admin: dashboard', 'Statistics and recent events of the whole installation. Role `admin`.'],
  ['Admin: analytics', 'Metrics of lots by hour, day and month. Role `admin`.'],
  ['Admin: users', 'The drivers: list, create, disable, reset passwords. Role `admin`.'],
  ['Admin: operators', 'The admins: list, create, disable, reset passwords. Role `admin`.'],
  [
    'Admin: jobs',
    'Reminders and monthly reports: list their runs, and run them now. Role `admin`.',
  ],
  ['Admin: audit log', 'Who did what, when and from where; append-only. Role `admin`.'],
  [
    'Account',
    'The account of the token and its sessions. A token is valid as long as its session exists.',
  ],
  ['Public', 'The lots and their free spots, for everyone; no token is needed.'],
  ['Operations', 'Health and metrics for the operator; no token is needed.'],
];

/** The OpenAPI document of all routes. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const { publicUrl } = app.get(Configuration);
  const base = new DocumentBuilder()
    .setTitle('VPMS')
    .setDescription(DESCRIPTION)
    .setVersion(VERSION)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer(new URL(publicUrl).pathname, 'This installation')
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
  const examples = problemExamples(addCommonResponses(document));
  document.components = { ...document.components, headers: HEADERS, examples };
  return document;
}
