export interface Area {
  readonly name: string;
  /** Postal code. */
  readonly pinCode: string;
  readonly streets: readonly string[];
}

/** Areas of Bengaluru with some of their streets. The lots are fictitious. */
export const AREAS: readonly Area[] = [
  area('MG Road', '560001', 'Mahatma Gandhi Road', 'Church Street', 'St Marks Road'),
  area('Malleshwaram', '560003', 'Sampige Road', 'Margosa Road', '8th Cross'),
  area('Basavanagudi', '560004', 'Gandhi Bazaar Main Road', 'Bull Temple Road', 'DVG Road'),
  area('Frazer Town', '560005', 'Mosque Road', 'Coles Road', 'Mahadevapura Road'),
  area('Ulsoor', '560008', 'Old Madras Road', 'Kensington Road', 'Cambridge Road'),
  area('Gandhinagar', '560009', 'Kempegowda Road', 'Subedar Chatram Road', '5th Main Road'),
  area('Rajajinagar', '560010', 'Dr Rajkumar Road', '12th Main Road', 'West of Chord Road'),
  area('Jayanagar', '560011', '30th Cross', '11th Main Road', '9th Main Road'),
  area('Chamarajpet', '560018', 'Albert Victor Road', '3rd Main Road', 'Mysuru Road'),
  area('Yeshwanthpur', '560022', 'Tumakuru Road', 'Triveni Road', 'Mattikere Main Road'),
  area('Hebbal', '560024', 'Bellary Road', 'Outer Ring Road', 'Kempapura Main Road'),
  area('Richmond Town', '560025', 'Richmond Road', 'Residency Road', 'Langford Road'),
  area('Wilson Garden', '560027', 'Hosur Road', '10th Cross', 'Mission Road'),
  area('RT Nagar', '560032', 'RT Nagar Main Road', '80 Feet Road', 'Dinnur Main Road'),
  area('Koramangala', '560034', '80 Feet Road', '100 Feet Road', 'Sarjapur Road'),
  area('Krishnarajapuram', '560036', 'Old Madras Road', 'Whitefield Road', 'ITI Main Road'),
  area('Marathahalli', '560037', 'Outer Ring Road', 'HAL Old Airport Road', 'Varthur Road'),
  area('Indiranagar', '560038', '100 Feet Road', 'CMH Road', '12th Main Road'),
  area('Vijayanagar', '560040', 'Chord Road', 'Magadi Road', '17th Cross'),
  area('Kalyan Nagar', '560043', 'HRBR Main Road', 'CMR Road', 'Outer Ring Road'),
  area('Shivajinagar', '560051', 'Commercial Street', 'Central Street', 'Queens Road'),
  area('Yelahanka', '560064', 'Doddaballapur Road', 'Bellary Road', '16th B Cross'),
  area('Whitefield', '560066', 'ITPL Main Road', 'Varthur Road', 'Hope Farm Road'),
  area('Banashankari', '560070', 'Kanakapura Road', '27th Cross', 'Outer Ring Road'),
  area('Domlur', '560071', 'Intermediate Ring Road', 'HAL Old Airport Road', '1st Main Road'),
  area('BTM Layout', '560076', 'Bannerghatta Road', '16th Main Road', '29th Main Road'),
  area('JP Nagar', '560078', '24th Main Road', '15th Cross', 'Sarakki Main Road'),
  area('Sadashivanagar', '560080', 'Sankey Road', 'Bhashyam Circle', '10th Main Road'),
  area('Electronic City', '560100', 'Hosur Road', 'Neeladri Road', 'Velankani Drive'),
  area('HSR Layout', '560102', '27th Main Road', '14th Main Road', '19th Main Road'),
  area('Bellandur', '560103', 'Outer Ring Road', 'Green Glen Layout Road', 'Sarjapur Road'),
];

function area(name: string, pinCode: string, ...streets: readonly string[]): Area {
  return { name, pinCode, streets };
}
