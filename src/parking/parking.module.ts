import { Module } from '@nestjs/common';
import { CacheModule } from '../platform/cache/cache.module.js';
import { LotCapacity } from './lots/lot-capacity.js';
import { ClaimedCapacity } from './reservations/ahead/capacity/claimed-capacity.js';
import { Entries } from './gates/entries.js';
import { Exits } from './gates/exits.js';
import { GateEventsService } from './gates/gate-events.service.js';
import { GatesService } from './gates/gates.service.js';
import { LotsService } from './lots/lots.service.js';
import { CurrentLots } from './occupancy/current-lots.js';
import { OccupancyFeed } from './occupancy/occupancy-feed.js';
import { AgreedPolicies } from './policies/agreed-policies.js';
import { PoliciesService } from './policies/policies.service.js';
import { AheadService } from './reservations/ahead/ahead.service.js';
import { AheadUnits } from './reservations/ahead/ahead-units.js';
import { ChangesService } from './reservations/ahead/changes.service.js';
import { CheckInService } from './reservations/ahead/check-in.service.js';
import { LotsWithRoom } from './reservations/ahead/capacity/lots-with-room.js';
import { OperatorBookings } from './reservations/ahead/operator.service.js';
import { SettledCache } from './reservations/ahead/settled-cache.js';
import { WalkIns } from './reservations/ahead/capacity/walk-ins.js';
import { BookingVehicles } from './reservations/booking-vehicles.service.js';
import { PlateRetention } from './vehicles/plate-retention.js';
import { VehiclesService } from './vehicles/vehicles.service.js';
import { BookingViews } from './reservations/booking-views.js';
import { BookingMetrics } from './reservations/booking-metrics.js';
import { PastStays } from './reservations/stays/past-stays.js';
import { QuotesService } from './reservations/pricing/quotes.service.js';
import { ReceiptsService } from './reservations/pricing/receipts.service.js';
import { ReservationsService } from './reservations/reservations.service.js';
import { AgreedTariffs } from './tariffs/versions/agreed-tariffs.js';
import { TariffsService } from './tariffs/tariffs.service.js';

const SERVICES = [
  AheadService,
  AheadUnits,
  BookingVehicles,
  ChangesService,
  CheckInService,
  CurrentLots,
  GateEventsService,
  GatesService,
  LotsService,
  LotsWithRoom,
  OccupancyFeed,
  OperatorBookings,
  PlateRetention,
  PoliciesService,
  QuotesService,
  ReceiptsService,
  ReservationsService,
  SettledCache,
  TariffsService,
  VehiclesService,
];

@Module({
  imports: [CacheModule],
  providers: [
    { provide: LotCapacity, useClass: ClaimedCapacity },
    AgreedPolicies,
    AgreedTariffs,
    BookingMetrics,
    BookingViews,
    Entries,
    Exits,
    PastStays,
    WalkIns,
    ...SERVICES,
  ],
  exports: SERVICES,
})
export class ParkingModule {}
