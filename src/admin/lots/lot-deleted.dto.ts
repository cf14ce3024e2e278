export class LotDeletedDto {
  /** @example 'Parking lot 7 is deleted.' */
  message: string;
}
