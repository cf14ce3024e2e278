import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, Roles } from '../../auth/access/access.js';
import { ApiProblems } from '../../platform/errors/api-problems.js';
import { ApiId, IdPipe } from '../../platform/http/validation/id.pipe.js';
import type { Principal } from '../../platform/principal.js';
import { PoliciesService } from '../../parking/policies/policies.service.js';
import { mapPolicy, PolicyDto } from './policy.dto.js';

@ApiTags('Admin: parking lots')
@Roles('admin')
@Controller('api/admin/parking-lots/:id/policy')
export class AdminPoliciesController {
  constructor(private readonly policies: PoliciesService) {}

  @ApiOperation({ summary: 'How a parking lot is booked ahead' })
  @ApiOkResponse({ type: PolicyDto })
  @ApiProblems('VALIDATION_FAILED', 'LOT_NOT_FOUND')
  @ApiId()
  @Get()
  async getPolicy(@Param('id', IdPipe) id: number): Promise<PolicyDto> {
    return mapPolicy(await this.policies.find(id));
  }

  @ApiOperation({
    summary: 'Replace the policy of a parking lot',
    description: 'Existing bookings keep the policy that applied when they were made.',
  })
  @ApiOkResponse({ type: PolicyDto })
  @ApiProblems('VALIDATION_FAILED', 'LOT_NOT_FOUND')
  @ApiId()
  @Put()
  async setPolicy(
    @Param('id', IdPipe) id: number,
    @Body() body: PolicyDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PolicyDto> {
    return mapPolicy(await this.policies.set(id, mapPolicy(body), principal));
  }
}
