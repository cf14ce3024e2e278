import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';

export interface ReceivedMail {
  readonly to: string;
  readonly parsed: ParsedMail;
  readonly raw: string;
}

/** How the server reacts after it has read the whole content of a mail. */
export type Reaction = 'accept' | 'stall' | 'drop';

export interface MailServerOptions {
  /** If set, clients must authenticate with it. */
  readonly login?: { readonly user: string; readonly password: string };
  /** Delay of each mail, in milliseconds. */
  readonly delay?: number;
  /** 0 selects a free port. */
  readonly port?: number;
}

/** An SMTP server, by default on a free port, that can refuse, delay and drop mails. */
export class MailServer implements AsyncDisposable {
  /** Every mail whose content arrived, even if the server did not confirm it. */
  readonly received: ReceivedMail[] = [];
  /** All recipients of RCPT commands, including refused ones. */
  readonly recipients: string[] = [];
  /** Maximum number of concurrent connections so far. */
  peak = 0;
  /** The SMTP code for refusing the recipient, if it is refused. */
  refuse: (recipient: string) => number | undefined = () => undefined;
  /** The SMTP code for refusing every sender, if they are refused. */
  refuseSender: number | undefined;
  reactionTo: (recipient: string) => Reaction = () => 'accept';

  private readonly sockets = new Set<Socket>();
  private readonly server: SMTPServer;

  private constructor(private readonly options: MailServerOptions) {
    const { login } = options;
    this.server = new SMTPServer({
      disabledCommands: login ? ['STARTTLS'] : ['STARTTLS', 'AUTH'],
      allowInsecureAuth: true,
      authOptional: !login,
      disableReverseLookup: true,
      logger: false,
      onAuth: ({ username, password }, _, done) =>
        username === login?.user && password === login?.password
          ? done(null, { user: username })
          : done(failure(535)),
      onMailFrom: (_, __, done) => done(this.refuseSender ? failure(this.refuseSender) : null),
      onRcptTo: ({ address }, _, done) => {
        this.recipients.push(address);
        const code = this.refuse(address);
        done(code ? failure(code, `5.1.1 <${address}>: user unknown`) : null);
      },
      onData: (stream, session, done) => {
        const response = async () => done(await this.receive(stream, session));
        void response();
      },
    });
    this.server.on('error', () => undefined);
    this.server.server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      this.peak = Math.max(this.peak, this.sockets.size);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  static async start(options: MailServerOptions = {}): Promise<MailServer> {
    const mailServer = new MailServer(options);
    mailServer.server.listen(options.port ?? 0, '127.0.0.1');
    await once(mailServer.server.server, 'listening');
    return mailServer;
  }

  get port(): number {
    return (this.server.server.address() as AddressInfo).port;
  }

  get url(): string {
    const { login } = this.options;
    const credentials = login ? `${login.user}:${encodeURIComponent(login.password)}@` : '';
    return `smtp://${credentials}127.0.0.1:${this.port}`;
  }

  /** Environment variables of a program that sends through this server. */
  get environment(): { readonly SMTP_URL: string; readonly MAIL_FROM: string } {
    return { SMTP_URL: this.url, MAIL_FROM: 'VPMS <vpms@example.com>' };
  }

  /** Number of mails by recipient. */
  counts(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { to } of this.received) counts.set(to, (counts.get(to) ?? 0) + 1);
    return counts;
  }

  mailTo(recipient: string): ReceivedMail {
    const mail = this.received.find(({ to }) => to === recipient);
    if (!mail) throw new Error(`${recipient} got no mail`);
    return mail;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      this.server.close(resolve);
    });
  }

  private async receive(
    stream: NodeJS.ReadableStream,
    session: SMTPServerSession,
  ): Promise<Error | null> {
    // The client disconnected during the content, so there is no mail.
    const raw = await buffer(stream).catch(() => undefined);
    if (!raw) return failure(451);
    const to = session.envelope.rcptTo[0]?.address ?? '';
    this.received.push({ to, raw: raw.toString(), parsed: await simpleParser(raw) });
    if (this.options.delay) await new Promise((done) => setTimeout(done, this.options.delay));
    const reaction = this.reactionTo(to);
    if (reaction === 'drop') this.dropConnection(session);
    return reaction === 'accept' ? null : new Promise(() => undefined);
  }

  private dropConnection({ remotePort }: SMTPServerSession): void {
    for (const socket of this.sockets) if (socket.remotePort === remotePort) socket.destroy();
  }
}

/** @param text of the response; for an unknown recipient it repeats the address, as real servers do */
function failure(responseCode: number, text = `refused with ${responseCode}`): Error {
  return Object.assign(new Error(text), { responseCode });
}
