import { Module } from '@nestjs/common';
import { DeliveryTimeouts } from './delivery-timeouts.js';
import { GoogleChatClient } from './google-chat-client.js';
import { Mailer } from './mailer.js';

@Module({
  providers: [DeliveryTimeouts, GoogleChatClient, Mailer],
  exports: [GoogleChatClient, Mailer],
})
export class MessagingModule {}
