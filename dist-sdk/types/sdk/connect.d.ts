import type { Mesh } from './api.js';
import type { ConnectOptions } from './connect-options.js';
/** Joins the network from a page. Rejects with ConnectError. */
export declare function connect(options?: ConnectOptions): Promise<Mesh>;
