import { afterAll, beforeAll, beforeEach } from 'vitest';
import { createMember, PASSWORD } from '../data/factories.js';
import { MailServer } from '../servers/mail-server.js';
import { FixedClock, START } from '../app/fixed-clock.js';
import { waitUntil } from '../app/job-runs.js';
import { type TestApp, useTestApp } from '../app/test-app.js';

/** The headers of a submitted form. */
export const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** One application that mails links, which tests read from the mails. */
export class MailedLinks {
  readonly clock = new FixedClock(START);
  readonly vpms: TestApp;
  mailServer!: MailServer;
  private people = 0;

  constructor() {
    beforeAll(async () => {
      this.mailServer = await MailServer.start();
    });
    afterAll(() => this.mailServer[Symbol.asyncDispose]());
    const more = { PUBLIC_URL: 'https://parking.example.com', JWT_EXPIRES_IN: '31536000' };
    this.vpms = useTestApp(() => ({
      clock: this.clock,
      environment: { ...this.mailServer.environment, ...more },
    }));
    beforeEach(() => {
      this.clock.set(START);
      this.mailServer.received.length = 0;
    });
  }

  /** The mails to the address, once there are at least `count`. */
  readonly mailsTo = (address: string, count = 1) =>
    waitUntil(() => {
      const mails = this.mailServer.received.filter(({ to }) => to === address);
      return mails.length >= count ? mails : undefined;
    });

  /** The path and query of the link in the newest mail to the address. */
  readonly linkTo = async (address: string, count = 1) => {
    const text = (await this.mailsTo(address, count)).at(-1)?.parsed.text ?? '';
    const link = /https:\/\/parking\.example\.com(\/\S+)/.exec(text)?.[1];
    if (!link) throw new Error(`No link in: ${text}`);
    return link;
  };

  /** A name and an address that no other person of this application has. */
  readonly newPerson = () => {
    this.people += 1;
    return { username: `person${this.people}`, email: `person${this.people}@example.com` };
  };

  /** Registers a new person. Returns the person with the link of the mail. */
  readonly register = async () => {
    const person = this.newPerson();
    const body = { ...person, password: PASSWORD };
    const { body: registered } = await this.vpms.http.post('/api/user/register', { body });
    const confirmLink = await this.linkTo(person.email);
    return { ...person, id: Number(registered.user.id), confirmLink };
  };

  readonly logIn = (username: string, password = PASSWORD) =>
    this.vpms.http.post('/api/user/login', { body: { username, password } });

  readonly forget = (email: string) =>
    this.vpms.http.post('/api/user/forgot-password', { body: { email } });

  readonly reset = (token: string, password = 'new password') =>
    this.vpms.http.post('/api/auth/reset-password', { body: { token, new_password: password } });

  readonly isConfirmed = async (id: number): Promise<boolean> => {
    const admin = this.vpms.as(await createMember(this.vpms, 'admin'));
    return (await admin.get(`/api/admin/users/${id}`)).body.email_confirmed;
  };
}

export function tokenOf(link: string): string {
  return new URL(link, 'http://x').searchParams.get('token') ?? '';
}

/** The address to which the form of the page at `base` is submitted. */
export function actionOf(html: string, base: string): string {
  const action = /action="([^"]+)"/.exec(html)?.[1] ?? '';
  return new URL(action.replaceAll('&#x3D;', '='), base).href;
}
