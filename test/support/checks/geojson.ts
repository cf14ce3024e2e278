/** Members that RFC 7946, section 7.1, forbids in each object, because other objects define them. */
const FORBIDDEN = {
  FeatureCollection: ['coordinates', 'geometries', 'geometry', 'properties', 'crs'],
  Feature: ['coordinates', 'geometries', 'features', 'crs'],
  Point: ['geometry', 'properties', 'features', 'geometries', 'crs'],
} as const;

/** Every violation of RFC 7946 in a FeatureCollection of points, as text. */
export function geoJsonErrors(collection: unknown): string[] {
  const errors = [...objectErrors(collection, 'FeatureCollection')];
  const features: unknown = get(collection, 'features');
  if (!Array.isArray(features)) return [...errors, 'features is not an array'];
  const ids = features.map((feature) => get(feature, 'id'));
  if (new Set(ids).size !== ids.length) errors.push('an id occurs twice');
  return [...errors, ...features.flatMap(featureErrors)];
}

function featureErrors(feature: unknown): string[] {
  const errors = [...objectErrors(feature, 'Feature')];
  const id = get(feature, 'id');
  if (!['string', 'number', 'undefined'].includes(typeof id))
    errors.push('id is no text or number');
  const properties = get(feature, 'properties');
  if (typeof properties !== 'object' || Array.isArray(properties)) {
    errors.push('properties is no object');
  }
  return [...errors, ...pointErrors(get(feature, 'geometry'))];
}

function pointErrors(point: unknown): string[] {
  const errors = [...objectErrors(point, 'Point')];
  const coordinates = get(point, 'coordinates');
  if (!Array.isArray(coordinates)) return [...errors, 'coordinates is not an array'];
  if (coordinates.length < 2 || coordinates.length > 3)
    errors.push('a position has 2 or 3 numbers');
  const [longitude, latitude] = coordinates.map(Number);
  if (!coordinates.every((value) => typeof value === 'number')) errors.push('not a number');
  // WGS 84, in degrees, longitude first.
  if (!(Math.abs(longitude ?? NaN) <= 180)) errors.push(`longitude ${longitude}`);
  if (!(Math.abs(latitude ?? NaN) <= 90)) errors.push(`latitude ${latitude}`);
  return errors;
}

function objectErrors(value: unknown, type: keyof typeof FORBIDDEN): string[] {
  if (typeof value !== 'object' || value === null) return [`${type} is no object`];
  const wrongType = get(value, 'type') === type ? [] : [`type is not ${type}`];
  return [
    ...wrongType,
    ...FORBIDDEN[type].filter((name) => name in value).map((name) => `${type} has ${name}`),
  ];
}

function get(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
