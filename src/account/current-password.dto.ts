import { ApiProperty } from '@nestjs/swagger';
import { IsString } from 'class-validator';

export class CurrentPasswordDto {
  /** @example 'test123' */
  @ApiProperty({ format: 'password' })
  @IsString({ message: 'current_password must be text' })
  current_password: string;
}
