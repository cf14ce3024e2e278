import { Client, Pool, types } from 'pg';

// Parses BIGINT as a number, as the program does: instants, ids and amounts are safe integers.
types.setTypeParser(types.builtins.INT8, Number);
types.setTypeParser(types.builtins.NUMERIC, Number);

export { Client, Pool };
