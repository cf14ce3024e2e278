/** A point on the Earth, in degrees. */
export interface Position {
  readonly latitude: number;
  readonly longitude: number;
}

/** The mean radius of the Earth in metres (IUGG). */
const EARTH_RADIUS = 6_371_008.8;

/**
 * The great-circle distance of two points in metres, by the haversine formula on a sphere: at most
 * 0.6 % from the distance on the ellipsoid, and accurate for points that are close to each other.
 */
export function distanceInMetres(a: Position, b: Position): number {
  const [latitudeA, latitudeB] = [radians(a.latitude), radians(b.latitude)];
  const [halfLatitude, halfLongitude] = [
    (latitudeB - latitudeA) / 2,
    radians(b.longitude - a.longitude) / 2,
  ];
  const chord =
    Math.sin(halfLatitude) ** 2 +
    Math.cos(latitudeA) * Math.cos(latitudeB) * Math.sin(halfLongitude) ** 2;
  // Rounding can make the chord of opposite points slightly greater than 1.
  return 2 * EARTH_RADIUS * Math.asin(Math.min(1, Math.sqrt(chord)));
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
