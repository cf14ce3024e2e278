/** Given names, common in Bengaluru. */
export const FIRST_NAMES: readonly string[] = list(`
  Aarav, Aditi, Aditya, Akash, Amit, Ananya, Anil, Anita, Anjali, Arjun, Arun, Asha, Bhavana,
  Chandan, Chitra, Deepa, Deepak, Divya, Farhan, Ganesh, Geetha, Gopal, Harish, Imran,
  Ishaan, Jyothi, Karthik, Kavya, Kiran, Lakshmi, Lata, Madhu, Mahesh, Manjunath, Meera,
  Mohan, Nandini, Naveen, Neha, Nikhil, Pooja, Prakash, Priya, Rahul, Rajesh, Ramya, Ravi,
  Rekha, Rohan, Sanjay, Shruti, Sneha, Suresh, Swathi, Thomas, Uma, Varun, Vidya, Vijay,
  Vikram, Yasmin, Zoya
`);

export const LAST_NAMES: readonly string[] = list(`
  Acharya, Bhat, Chandra, Das, Desai, DSouza, Fernandes, Ghosh, Gowda, Gupta, Hegde, Hussain,
  Iyengar, Iyer, Jain, Joshi, Kamath, Khan, Kulkarni, Kumar, Mathew, Mehta, Menon, Mishra,
  Murthy, Nair, Naidu, Pai, Patel, Patil, Prabhu, Rao, Reddy, Sharma, Shetty, Singh,
  Srinivasan, Thomas, Urs, Varma, Verma, Yadav
`);

/** Codes of registration offices, most of them in Bengaluru. */
export const REGISTRATIONS: readonly string[] = list(`
  KA 01, KA 02, KA 03, KA 04, KA 05, KA 41, KA 50, KA 51, KA 52, KA 53, KA 01, KA 03, KA 05,
  KA 51, KA 53, TN 09, MH 12, KL 07, AP 39, TS 08
`);

/** Examples of remarks. */
export const REMARKS: readonly string[] = [
  'Back by six',
  'Close to the lift, please',
  'Only for an hour',
  'Client meeting',
  'Picking up guests',
  'Wheelchair on board',
  'Tall vehicle, 2.1 m',
  'Electric car',
  'Doctor’s appointment',
  'Movie at 7',
  'Leaving overnight',
  'Spare key at the gate',
];

function list(text: string): readonly string[] {
  return text.split(',').map((word) => word.trim());
}
