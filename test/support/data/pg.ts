import { Client, Pool, types } from 'pg';

// As the program reads them: instants, ids and amounts are safe integers.
types.setTypeParser(types.builtins.INT8, Number);
types.setTypeParser(types.builtins.NUMERIC, Number);

export { Client, Pool };
