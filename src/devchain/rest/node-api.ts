// The REST API of a node, as one router over one chain.

import type { Chain } from '../chain.ts';
import type { DrivenClock } from '../driven-clock.ts';
import { addAccountRoutes } from './account-routes.ts';
import { addClockRoutes } from './clock-routes.ts';
import { addEventRoutes } from './event-routes.ts';
import { addIndexerRoutes } from './indexer-routes.ts';
import { addLedgerRoutes } from './ledger-routes.ts';
import { Router } from './router.ts';
import { addSpecRoutes } from './spec-routes.ts';
import { addTableRoutes } from './table-routes.ts';
import { addTransactionRoutes } from './transaction-routes.ts';
import { addViewRoutes } from './view-routes.ts';

/** `clock`: what requests may drive; without it they may not. */
export function nodeApi(chain: Chain, clock?: DrivenClock): Router {
  const router = new Router();
  addLedgerRoutes(router, chain);
  addAccountRoutes(router, chain);
  addEventRoutes(router, chain);
  addTransactionRoutes(router, chain);
  addViewRoutes(router, chain);
  addTableRoutes(router, chain);
  addIndexerRoutes(router, chain);
  addClockRoutes(router, chain, clock);
  addSpecRoutes(router);
  return router;
}
