import { Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { validate } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../auth/access/access.js';
import { EmailConfirmations } from '../../auth/links/email-confirmations.js';
import { LinkUses } from '../../auth/links/link-uses.js';
import { PasswordLinks } from '../../auth/links/password-links.js';
import { Unsubscriptions } from '../../auth/links/unsubscriptions.js';
import { Configuration } from '../../platform/config/configuration.js';
import { CurrentRequest } from '../../platform/http/server/current-request.js';
import { FORM_CSP } from '../../platform/http/server/security-headers.js';
import type { LimitedRequest } from '../../platform/rate-limits/limited-request.js';
import { ResetPasswordDto } from '../reset-password.dto.js';
import { errorPage, formPage, messagePage, type Page, renderPage } from './page.js';

/**
 * The pages that mailed links open. Opening a page changes nothing, because mail programs open
 * links by themselves; the change is made by the button on the page. The pages need no JavaScript
 * and load no other file.
 */
@ApiExcludeController()
@Public()
@Controller()
export class PagesController {
  constructor(
    private readonly passwords: PasswordLinks,
    private readonly confirmations: EmailConfirmations,
    private readonly unsubscriptions: Unsubscriptions,
    private readonly uses: LinkUses,
    private readonly configuration: Configuration,
  ) {}

  @Get('reset-password')
  resetPasswordPage(
    @Query('token') token: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return send(reply, async () => {
      await this.passwords.check(textOf(token));
      return this.passwordForm(textOf(token), '');
    });
  }

  @Post('reset-password')
  resetPassword(
    @Query('token') token: unknown,
    @Req() { body }: FastifyRequest,
    @CurrentRequest() request: LimitedRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return send(reply, async () => {
      const form = Object.assign(new ResetPasswordDto(), {
        token: textOf(token),
        new_password: textOf(Reflect.get(Object(body), 'new_password')),
      });
      await this.passwords.check(form.token);
      const [refused] = await validate(form);
      if (refused)
        return this.passwordForm(form.token, Object.values(refused.constraints ?? {})[0]);
      await this.passwords.reset(request, form.token, form.new_password);
      return messagePage(
        'Your password is set',
        'You can now log in with it, in the app or on the website.',
      );
    });
  }

  @Get('confirm')
  confirmPage(@Query('token') token: unknown, @Res({ passthrough: true }) reply: FastifyReply) {
    return send(reply, async () => {
      await this.confirmations.check(textOf(token));
      const action = ownAddress(textOf(token));
      const button = 'Confirm this address';
      const text = 'Reports, exports and reminders are mailed to it from then on.';
      return formPage('Confirm your e-mail address', { text, button, action });
    });
  }

  @Post('confirm')
  confirm(
    @Query('token') token: unknown,
    @CurrentRequest() request: LimitedRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return send(reply, async () => {
      await this.uses.count(request);
      await this.confirmations.confirm(textOf(token), request.client);
      return messagePage('Your e-mail address is confirmed', 'You can close this page.');
    });
  }

  @Get('unsubscribe')
  unsubscribePage(@Query('token') token: unknown, @Res({ passthrough: true }) reply: FastifyReply) {
    return send(reply, async () => {
      await this.unsubscriptions.check(textOf(token));
      const action = ownAddress(textOf(token));
      const text = 'You still get mail that you request, such as exports and password links.';
      return formPage('Stop reminders', { text, button: 'Stop reminders', action });
    });
  }

  /** Also handles the one-click request of mail programs (RFC 8058). */
  @Post('unsubscribe')
  unsubscribe(
    @Query('token') token: unknown,
    @CurrentRequest() request: LimitedRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return send(reply, async () => {
      await this.uses.countUnsubscribing(request, textOf(token));
      await this.unsubscriptions.unsubscribe(textOf(token), request.client);
      return messagePage('You will receive no more reminders', 'You can close this page.');
    });
  }

  private passwordForm(token: string, error = ''): Page {
    return formPage('Set a new password', {
      status: error ? 400 : 200,
      error: error.replace('new_password', 'The password'),
      button: 'Set the password',
      action: ownAddress(token),
      hasPasswordField: true,
      rule: `${this.configuration.passwordMinLength} to 128 characters of any kind.`,
    });
  }
}

/** Sends the page that `work` returns, or an error page if it throws a coded error. */
async function send(reply: FastifyReply, work: () => Promise<Page>): Promise<string> {
  const page = await work().catch((error: unknown) => errorPage(error, reply));
  void reply.status(page.status).type('text/html; charset=utf-8');
  void reply.header('content-security-policy', FORM_CSP);
  return renderPage(page);
}

/** The value of a query parameter; empty if it is missing, or if it is repeated and therefore a list. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The page's own address. Relative, because PUBLIC_URL may have a path that a proxy removes. */
function ownAddress(token: string): string {
  return `?token=${encodeURIComponent(token)}`;
}
