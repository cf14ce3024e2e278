import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { VERSION } from './common/version.js';

const DESCRIPTION = `Parking lots with numbered spots, drivers who book one and release it for an
hourly price, and operators who manage the lots.

Log in (as a driver or as an admin), press **Authorize**, paste the \`token\` once, and try the rest.
Errors are problem details (RFC 9457); their \`code\` is stable. Lists are bare arrays; a \`Link\`
header says where the next page is.`;

/** The OpenAPI document of all routes. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const base = new DocumentBuilder()
    .setTitle('VPMS')
    .setDescription(DESCRIPTION)
    .setVersion(VERSION)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .build();
  return SwaggerModule.createDocument(app, base, {
    operationIdFactory: nameOperation,
  });
}

/** `adminLotsList`: unique, since two controllers may have a method of the same name. */
function nameOperation(controller: string, method: string): string {
  const name =
    controller.replace(/Controller$/, '') + method.replace(/^./, (first) => first.toUpperCase());
  return name.replace(/^./, (first) => first.toLowerCase());
}
