import 'reflect-metadata';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { readConfiguration } from '../../platform/config/read-configuration.js';
import { createApp } from '../create-app.js';
import { openApiDocument } from './document.js';
import { errorText } from '../../platform/errors/error-text.js';

const USAGE = 'Usage: node dist/app/openapi/openapi-cli.js FILE [--check]';

/** Writes the OpenAPI document to a file, or with `--check` fails if the file is out of date. */
async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { check: { type: 'boolean', default: false } },
  });
  const [file] = positionals;
  if (!file || positionals.length > 1) throw new Error(USAGE);
  const document = await renderDocument();
  if (!values.check) {
    writeFileSync(file, document);
  } else if (!existsSync(file) || readFileSync(file, 'utf8') !== document) {
    throw new Error(`${file} differs from the code: run "npm run openapi" and commit the result.`);
  }
}

/** The document of the default configuration. The program that renders it never listens. */
async function renderDocument(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'vpms-openapi-'));
  try {
    const configuration = readConfiguration({ DATA_DIR: directory });
    const app = await createApp(configuration, pino({ level: 'silent' }));
    const document = openApiDocument(app);
    await app.close();
    return `${JSON.stringify(document, null, 2)}\n`;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${errorText(error)}\n`);
  process.exitCode = 1;
});
