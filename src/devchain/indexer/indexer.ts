// The indexer: GraphQL over what the chain's blocks say, in the tables that Aptos's indexer has and ts-sdk asks for. Blocks are read when a
// question comes, each once; whoever never asks pays nothing.

import { type DocumentNode, executeSync, GraphQLError, type GraphQLSchema, Kind, parse, validate } from 'graphql';
import type { Json } from '../../vm/json.ts';
import { absenceOfTable } from '../absences.ts';
import type { Chain } from '../chain.ts';
import { formatTimestamp } from './fields.ts';
import { IndexRows } from './rows.ts';
import { indexerSchema } from './schema.ts';
import { type Row, TABLE_NAMES, type TableName } from './shape.ts';

/** The longest query of ts-sdk has some 100; bounds what one request can make the chain do. */
const TOKENS_MAX = 2000;
/** The processors that ts-sdk waits for; here they are one, which has always caught up. */
const PROCESSORS = [
  'account_restoration_processor',
  'account_transactions_processor',
  'default_processor',
  'events_processor',
  'fungible_asset_processor',
  'objects_processor',
  'stake_processor',
  'token_v2_processor',
  'user_transaction_processor',
];

export interface IndexerRequest {
  readonly query: string;
  readonly variables?: Readonly<Record<string, Json>>;
  readonly operationName?: string;
}

export class Indexer {
  readonly #chain: Chain;
  readonly #rows: IndexRows;
  readonly #schema: GraphQLSchema;
  #next = 0;

  constructor(chain: Chain) {
    this.#chain = chain;
    this.#rows = new IndexRows(chain.tableTypes);
    this.#schema = indexerSchema({ rows: (table) => this.#table(table) });
  }

  /** `{ data }`, or `{ errors }` that say what is wrong with the query, with `data` of the parts that went well. */
  answer(request: IndexerRequest): Json {
    let document: DocumentNode;
    try {
      document = parse(request.query, { maxTokens: TOKENS_MAX });
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      return errorsOf([error]);
    }
    const missing = this.#missing(document);
    if (missing.length > 0) return errorsOf(missing);
    const errors = validate(this.#schema, document);
    if (errors.length > 0) return errorsOf(errors);
    this.#catchUp();
    const result = executeSync({
      schema: this.#schema,
      document,
      ...(request.variables && { variableValues: request.variables }),
      ...(request.operationName !== undefined && { operationName: request.operationName }),
    });
    // What is wrong with the query has been said; anything else that a resolver throws is a mistake of ours.
    const own = result.errors?.find(({ originalError }) => originalError && !(originalError instanceof GraphQLError));
    if (own) throw own.originalError;
    return result as unknown as Json;
  }

  /** Of what a query asks for at its top: an error for each table that is not here, instead of many about its types. */
  #missing(document: DocumentNode): GraphQLError[] {
    const known = this.#schema.getQueryType()?.getFields() ?? {};
    return document.definitions.flatMap((definition) => {
      if (definition.kind !== Kind.OPERATION_DEFINITION) return [];
      return definition.selectionSet.selections.flatMap((selection) => {
        if (selection.kind !== Kind.FIELD) return [];
        const name = selection.name.value;
        if (name.startsWith('__') || Object.hasOwn(known, name)) return [];
        const asker = definition.name ? `${definition.name.value}: ` : '';
        const reason = absenceOfTable(name) ?? `the local chain's indexer has ${TABLE_NAMES.join(', ')}`;
        return [new GraphQLError(`${asker}the local chain has no ${name}: ${reason}`)];
      });
    });
  }

  #catchUp(): void {
    const { ledger, world } = this.#chain;
    for (const entry of ledger.range(this.#next, ledger.length)) {
      this.#rows.add(entry, world.view(entry.version));
      this.#next = entry.version + 1;
    }
  }

  #table(table: TableName): readonly Row[] {
    const { version, timestampMicros } = this.#chain.ledger.tip;
    const timestamp = formatTimestamp(timestampMicros);
    switch (table) {
      case 'ledger_infos':
        return [{ chain_id: BigInt(this.#chain.chainId) }];
      case 'processor_status':
        return PROCESSORS.map((processor) => ({
          processor,
          last_success_version: BigInt(version),
          last_updated: timestamp,
          last_transaction_timestamp: timestamp,
        }));
      default:
        return this.#rows.of(table);
    }
  }
}

function errorsOf(errors: readonly GraphQLError[]): Json {
  return { errors: errors.map((error) => error.toJSON() as unknown as Json) };
}
