import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { Deliveries } from '../../../src/jobs/deliveries/deliveries.js';
import { ReadDatabase } from '../../../src/platform/database/read-database.js';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { createLot, createMember } from '../../support/data/factories.js';
import { recordBookings } from '../../support/data/past-bookings.js';
import { waitUntil } from '../../support/app/job-runs.js';
import { MailServer } from '../../support/servers/mail-server.js';
import { startTestApp } from '../../support/app/test-app.js';

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).toReversed()) await thing[Symbol.asyncDispose]();
});

async function start() {
  const mailServer = await MailServer.start();
  const clock = new FixedClock();
  const environment = { ...mailServer.environment, PUBLIC_URL: 'https://parking.example.com' };
  const vpms = await startTestApp({ clock, environment });
  open.push(mailServer, vpms);
  const { id: lotId } = await createLot(vpms, { name: '=HYPERLINK("x")' });
  const driver = await createMember(vpms);
  const { http } = vpms;
  const { token } = driver;
  const book = (remarks: readonly string[]) =>
    recordBookings(
      vpms,
      remarks.map((remark) => ({
        userId: driver.id,
        lotId,
        parkedAt: '2026-02-10T10:00:00Z',
        leftAt: '2026-02-10T11:30:00Z',
        cost: 2500,
        vehicleNumber: '+49 🚗',
        remarks: remark,
      })),
    );
  const request = async () => {
    const requested = await http.post('/api/user/export-csv-async', { token });
    return String(requested.body.task_id);
  };
  /** Waits until the mail of the export is sent or has failed, and returns its state. */
  const settled = (id: string) =>
    waitUntil(async () => {
      const [row] = await vpms.app.get(ReadDatabase).sql<{ mail: string | null }[]>`
        SELECT mail FROM exports WHERE id = ${id} AND mail <> 'pending'`;
      return row?.mail ?? undefined;
    });
  const download = (id: string) => http.get(`/api/user/export-csv-download/${id}`, { token });
  return { vpms, mailServer, clock, environment, driver, book, request, settled, download };
}

describe('a finished export', () => {
  it('is mailed to its driver as a compressed attachment', async () => {
    const { mailServer, driver, book, request, settled, download } = await start();
    await book(['<script>alert(1)</script>', '=1+1', '@مرحبا', 'two\r\nlines, "quoted"']);
    const id = await request();
    expect(await settled(id)).toBe('done');
    const { parsed } = mailServer.mailTo(`${driver.username}@example.com`);
    expect(parsed.attachments).toHaveLength(1);
    const [attachment] = parsed.attachments;
    expect(attachment?.filename).toBe('vpms-bookings-20260301-093000.csv.gz');
    expect(attachment?.contentType).toBe('application/gzip');
    const csv = gunzipSync(attachment?.content ?? '').toString();
    expect(csv).toBe((await download(id)).text);
    expect(csv).toContain(`"'=HYPERLINK(""x"")"`);
    expect(csv).toContain(`'+49 🚗`);
    expect(csv).toContain('<script>alert(1)</script>');
    expect(csv).toContain(`'=1+1`);
    expect(csv).toContain(`'@مرحبا`);
    expect(parsed.text).toContain('4 bookings');
    expect(parsed.text).toContain('vpms-bookings-20260301-093000.csv.gz');
    expect(mailServer.received).toHaveLength(1);
  });

  it('is mailed as a link if it has 5 MiB or more', async () => {
    const { vpms, mailServer, driver, book, request, settled } = await start();
    const remarks = Array.from({ length: 15_000 }, () => randomBytes(375).toString('base64'));
    await book(remarks);
    const id = await request();
    expect(await settled(id)).toBe('done');
    const [size] = await vpms.app.get(ReadDatabase).sql<{ bytes: number }[]>`
      SELECT SUM(LENGTH(bytes)) AS bytes FROM export_chunks WHERE export_id = ${id}`;
    expect(size?.bytes).toBeGreaterThan(5 * 1024 * 1024);
    const { parsed } = mailServer.mailTo(`${driver.username}@example.com`);
    expect(parsed.attachments).toEqual([]);
    const url = `https://parking.example.com/api/user/export-csv-download/${id}`;
    expect(parsed.text).toContain(url);
    expect(String(parsed.html)).toContain(`href="${url}"`);
  }, 60_000);

  it('can be downloaded if its mail is refused', async () => {
    const { mailServer, book, request, settled, download } = await start();
    await book(['x']);
    mailServer.refuse = () => 550;
    const id = await request();
    await settled(id);
    expect((await download(id)).status).toBe(200);
    expect(mailServer.received).toEqual([]);
  });

  it('is mailed by the next start if the program ended before', async () => {
    const { vpms, mailServer, clock, environment, book, request, settled } = await start();
    await book(['x']);
    const id = await request();
    await settled(id);
    // The state after a crash between the file and its mail.
    await vpms.app.get(TransactionRunner).run(async (tx) => {
      await tx.sql`UPDATE exports SET mail = 'pending'`;
      await tx.sql`DELETE FROM deliveries`;
    });
    const { dataDirectory } = vpms;
    await vpms.stop();
    const next = await startTestApp({ clock, environment, dataDirectory });
    await waitUntil(() => mailServer.received.length === 2 || undefined);
    await next.stop();
    // The previous application has sent the mail, so this one sends nothing.
    const again = await startTestApp({ clock, environment, dataDirectory });
    await again.stop();
    expect(mailServer.received).toHaveLength(2);
  });

  it('is mailed without plates that have become too old since it was made', async () => {
    const { vpms, mailServer, clock, environment, book, request, settled } = await start();
    await book(['x']);
    await settled(await request());
    await vpms.app.get(TransactionRunner).run(async (tx) => {
      await tx.sql`UPDATE exports SET mail = 'pending'`;
      await tx.sql`DELETE FROM deliveries`;
    });
    const { dataDirectory } = vpms;
    await vpms.stop();
    // The stay ended on 10 February.
    const retention = { ...environment, PLATE_RETENTION_DAYS: '10' };
    const next = await startTestApp({ clock, environment: retention, dataDirectory });
    await waitUntil(() => mailServer.received.length === 2 || undefined);
    await next.stop();
    const files = mailServer.received.map(({ parsed }) =>
      gunzipSync(parsed.attachments[0]?.content ?? '').toString(),
    );
    expect(files.map((csv) => csv.includes('+49'))).toEqual([true, false]);
    expect(files[1]).toBe(files[0]?.replace(`'+49 🚗`, ''));
  });

  it('is not mailed after it has expired', async () => {
    const { vpms, mailServer, clock, environment, book, request, settled } = await start();
    await book(['x']);
    const id = await request();
    await settled(id);
    await vpms.app.get(TransactionRunner).run(async (tx) => {
      await tx.sql`UPDATE exports SET mail = 'pending'`;
      await tx.sql`DELETE FROM deliveries`;
    });
    const { dataDirectory } = vpms;
    await vpms.stop();
    clock.advance(86_400_000);
    const next = await startTestApp({ clock, environment, dataDirectory });
    const mail = await waitUntil(async () => {
      const [row] = await next.app.get(ReadDatabase).sql<{ mail: string }[]>`
        SELECT mail FROM exports WHERE mail <> 'pending'`;
      return row?.mail;
    });
    await next.stop();
    expect(mail).toBe('failed');
    expect(mailServer.received).toHaveLength(1);
  });

  it('is mailed at most once an hour to an account', async () => {
    const { vpms, mailServer, clock, book, request, settled, download } = await start();
    const exportAnother = async () => {
      await book(['x']);
      const id = await request();
      return { id, mail: await settled(id) };
    };
    expect(await exportAnother()).toMatchObject({ mail: 'done' });
    const withheld = await exportAnother();
    expect(withheld.mail).toBe('failed');
    expect((await download(withheld.id)).status).toBe(200);
    clock.advance(3_600_000 - 1);
    expect(await exportAnother()).toMatchObject({ mail: 'failed' });
    expect(mailServer.received).toHaveLength(1);
    clock.advance(1);
    expect(await exportAnother()).toMatchObject({ mail: 'done' });
    expect(mailServer.received).toHaveLength(2);
    const reasons = await vpms.app.get(ReadDatabase).sql<{ error: string }[]>`
      SELECT error FROM deliveries WHERE status = 'failed'`;
    expect(reasons).toHaveLength(2);
    expect(reasons[0]?.error).toContain('as many mails as its limit allows');
    const { text } = await vpms.http.get('/metrics');
    expect(text).toContain('vpms_mails_total{event="withheld"} 2');
    expect(text).toContain('vpms_mails_total{event="sent"} 2');
  });

  it('is mailed at most once an hour by concurrent instances', async () => {
    const { vpms, driver } = await start();
    const deliveries = vpms.app.get(Deliveries);
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        deliveries.begin({ subject: `export ${index}`, channel: 'email' }, [driver.id]),
      ),
    );
    expect(outcomes.flatMap(({ begun }) => begun)).toEqual([driver.id]);
    expect(outcomes.flatMap(({ withheld }) => withheld)).toHaveLength(7);
  });

  it('is not mailed if no mail server is configured', async () => {
    const vpms = await startTestApp();
    open.push(vpms);
    const { token } = await createMember(vpms);
    const requested = await vpms.http.post('/api/user/export-csv-async', { token });
    await waitUntil(async () => {
      const response = await vpms.http.get(requested.body.status_url, { token });
      return response.body.status === 'completed' || undefined;
    });
    const rows = await vpms.app.get(ReadDatabase).sql`SELECT mail FROM exports`;
    expect(rows).toEqual([{ mail: null }]);
  });
});
