import {
  type AccountRow,
  type BookingRow,
  cost,
  type LotRow,
  type StatisticsRow,
} from './store.js';

/**
 * Response bodies of the API, without tariffs and bookings ahead. Amounts are in major units of a
 * currency with two decimals.
 */
export function lotResponse(row: LotRow) {
  return {
    id: row.id,
    prime_location_name: row.name,
    address: row.address,
    pin_code: row.pinCode,
    price: row.price / 100,
    tariff_id: null,
    time_zone: row.timeZone ?? 'UTC',
    latitude: row.latitude,
    longitude: row.longitude,
    number_of_spots: row.spots,
    available_spots: row.spots - row.occupied,
    occupied_spots: row.occupied,
    reserved_spots: 0,
    created_at: new Date(row.createdAt),
    updated_at: new Date(row.updatedAt),
  };
}

/** The first page of the lots with a free spot. */
export function freeLots(rows: readonly LotRow[]): LotRow[] {
  return rows.filter(({ occupied, spots }) => occupied < spots).slice(0, 500);
}

export function bookingResponse(row: BookingRow) {
  const { parkedAt, leftAt } = row;
  const hours = Math.max(0, (leftAt ?? Date.now()) - parkedAt) / 3_600_000;
  return {
    id: row.id,
    spot_id: row.spotId,
    spot_number: String(row.spotNumber),
    lot_id: row.lotId,
    lot_name: row.lotName,
    address: row.address,
    user_id: row.userId,
    parking_timestamp: new Date(parkedAt),
    leaving_timestamp: leftAt === null ? null : new Date(leftAt),
    reserved_from: null,
    reserved_until: null,
    hold_expires_at: null,
    cancelled_at: null,
    duration_hours: Math.round(hours * 100) / 100,
    price_per_hour: row.price / 100,
    tariff_id: null,
    price: row.currentPrice / 100,
    parking_cost: (row.cost ?? 0) / 100,
    cost_so_far: (row.cost ?? cost(row, Date.now())) / 100,
    vehicle_number: row.vehicleNumber,
    remarks: row.remarks,
    status: leftAt === null ? 'active' : 'completed',
    created_at: new Date(row.createdAt),
    updated_at: new Date(row.updatedAt),
  };
}

export function statisticsResponse(row: StatisticsRow) {
  return {
    totalLots: row.lots,
    totalSpots: row.spots,
    occupiedSpots: row.active,
    availableSpots: row.spots - row.active,
    totalUsers: row.users,
    activeReservations: row.active,
    totalRevenue: row.revenue / 100,
  };
}

export function accountResponse(row: AccountRow) {
  return {
    id: row.id,
    username: row.username,
    email: row.email,
    role: row.role,
    created_at: new Date(row.createdAt),
    updated_at: new Date(row.updatedAt),
  };
}
