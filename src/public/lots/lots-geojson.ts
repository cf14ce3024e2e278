import { ApiProperty } from '@nestjs/swagger';
import { PublicLotDto } from './public-lot.dto.js';

class PointDto {
  /** @example 'Point' */
  type: 'Point';

  /** Longitude and latitude, in this order. @example [77.2167, 28.6315] */
  @ApiProperty({ type: [Number], minItems: 2, maxItems: 2 })
  coordinates: [longitude: number, latitude: number];
}

class LotFeatureDto {
  /** @example 'Feature' */
  type: 'Feature';

  /** The lot's id. @example 1 */
  @ApiProperty({ type: 'integer' })
  id: number;

  geometry: PointDto;

  /** The lot as in `/api/public/lots`. */
  properties: PublicLotDto;
}

/** Lots as a GeoJSON FeatureCollection (RFC 7946), in WGS 84. */
export class LotFeaturesDto {
  /** @example 'FeatureCollection' */
  type: 'FeatureCollection';

  features: LotFeatureDto[];
}

/** The lots whose position is known. */
export function mapFeatures(lots: readonly PublicLotDto[]): LotFeaturesDto {
  const features = lots.flatMap((lot): LotFeatureDto[] => {
    const { id, latitude, longitude } = lot;
    if (latitude === null || longitude === null) return [];
    const geometry: PointDto = { type: 'Point', coordinates: [longitude, latitude] };
    return [{ type: 'Feature', id, geometry, properties: lot }];
  });
  return { type: 'FeatureCollection', features };
}
