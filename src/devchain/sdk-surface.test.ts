// Every public method of both versions of ts-sdk: docs/devchain.md names each in its table, and what it says is refused is refused.

import { readFileSync } from 'node:fs';
import type * as sdk5 from '@aptos-labs/ts-sdk';
import { beforeAll, describe, expect, it } from 'vitest';
import { devchainOfTests, SDK_VERSIONS } from './sdk.suite.ts';
import { SdkClient } from './sdk-client.suite.ts';

const DIGITAL_ASSETS = /digital assets/;
/** The indexer refuses some, ts-sdk looks for the module of others first. */
const NAMES = /Aptos names are not on the local chain/;
const STAKING = /no staking/;
/** A module or function that is not in the framework. */
const MISSING = /LINKER_ERROR|FUNCTION_RESOLUTION_FAILURE/;
/** In the table beside the methods of `Aptos` itself. */
const PARTS = ['ans', 'build', 'simulate', 'submit', 'batch'];
/** They ask services that are no part of a chain. */
const OFF_CHAIN = ['getPepper', 'getProof', 'deriveKeylessAccount', 'updateFederatedKeylessJwkSetTransaction'];

const devchain = devchainOfTests();

/** Group by group: which methods are answered, which are refused. */
function documented(): ReadonlyMap<string, 'answered' | 'refused'> {
  const text = readFileSync('docs/devchain.md', 'utf8');
  const table = text.slice(text.indexOf('| group of ts-sdk |')).split('\n\n')[0] ?? '';
  const names = new Map<string, 'answered' | 'refused'>();
  for (const row of table.split('\n').slice(2)) {
    const [, , answered = '', refused = ''] = row.split('|');
    for (const [column, kind] of [
      [answered, 'answered'],
      [refused, 'refused'],
    ] as const) {
      for (const [, name = ''] of column.matchAll(/`(\w+)`/g)) names.set(name, kind);
    }
  }
  return names;
}

describe.each(SDK_VERSIONS)('ts-sdk %s', (version, sdk) => {
  let client: SdkClient;
  let aptos: sdk5.Aptos;
  let alice: sdk5.Ed25519Account;
  let calls: Readonly<Record<string, readonly [RegExp, () => Promise<unknown>]>>;

  beforeAll(async () => {
    client = new SdkClient(sdk, devchain());
    ({ aptos } = client);
    alice = await client.funded();
    calls = refusedCalls();
  });

  function methods(): string[] {
    const names = Object.getOwnPropertyNames(sdk.Aptos.prototype);
    return names.filter((name) => name !== 'constructor');
  }

  /** What comes back may be a transaction, which is refused only when it is executed. */
  async function outcome(call: () => Promise<unknown>): Promise<string> {
    try {
      const built = await call();
      if (!(typeof built === 'object' && built !== null && 'rawTransaction' in built))
        return `answered: ${String(built)}`;
      const { hash } = await aptos.signAndSubmitTransaction({
        signer: alice,
        transaction: built as sdk5.SimpleTransaction,
      });
      const { success, vm_status: status } = await client.done(hash);
      return success ? 'executed' : status;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  function refusedCalls(): Readonly<Record<string, readonly [RegExp, () => Promise<unknown>]>> {
    const { accountAddress } = alice;
    const asset = { creator: alice, digitalAssetAddress: accountAddress };
    const property = { ...asset, propertyKey: 'k', propertyType: 'STRING' as const, propertyValue: 'v' };
    const name = { sender: alice, name: 'alice.apt' };
    const abstraction = { accountAddress, authenticationFunction: `${accountAddress}::m::f` };
    return {
      getAccountTokensCount: [DIGITAL_ASSETS, () => aptos.getAccountTokensCount({ accountAddress })],
      getAccountOwnedTokens: [DIGITAL_ASSETS, () => aptos.getAccountOwnedTokens({ accountAddress })],
      getAccountOwnedTokensFromCollectionAddress: [
        DIGITAL_ASSETS,
        () => aptos.getAccountOwnedTokensFromCollectionAddress({ accountAddress, collectionAddress: accountAddress }),
      ],
      getAccountCollectionsWithOwnedTokens: [
        DIGITAL_ASSETS,
        () => aptos.getAccountCollectionsWithOwnedTokens({ accountAddress }),
      ],
      getCollectionData: [
        DIGITAL_ASSETS,
        () => aptos.getCollectionData({ creatorAddress: accountAddress, collectionName: 'c' }),
      ],
      getCollectionDataByCreatorAddressAndCollectionName: [
        DIGITAL_ASSETS,
        () =>
          aptos.getCollectionDataByCreatorAddressAndCollectionName({
            creatorAddress: accountAddress,
            collectionName: 'c',
          }),
      ],
      getCollectionDataByCreatorAddress: [
        DIGITAL_ASSETS,
        () => aptos.getCollectionDataByCreatorAddress({ creatorAddress: accountAddress }),
      ],
      getCollectionDataByCollectionId: [
        DIGITAL_ASSETS,
        () => aptos.getCollectionDataByCollectionId({ collectionId: accountAddress }),
      ],
      getCollectionId: [
        DIGITAL_ASSETS,
        () => aptos.getCollectionId({ creatorAddress: accountAddress, collectionName: 'c' }),
      ],
      getDigitalAssetData: [DIGITAL_ASSETS, () => aptos.getDigitalAssetData(asset)],
      getCurrentDigitalAssetOwnership: [DIGITAL_ASSETS, () => aptos.getCurrentDigitalAssetOwnership(asset)],
      getOwnedDigitalAssets: [DIGITAL_ASSETS, () => aptos.getOwnedDigitalAssets({ ownerAddress: accountAddress })],
      getDigitalAssetActivity: [DIGITAL_ASSETS, () => aptos.getDigitalAssetActivity(asset)],
      createCollectionTransaction: [
        MISSING,
        () => aptos.createCollectionTransaction({ creator: alice, description: '', name: 'c', uri: '' }),
      ],
      mintDigitalAssetTransaction: [
        MISSING,
        () =>
          aptos.mintDigitalAssetTransaction({ creator: alice, collection: 'c', description: '', name: 'n', uri: '' }),
      ],
      transferDigitalAssetTransaction: [
        MISSING,
        () =>
          aptos.transferDigitalAssetTransaction({
            sender: alice,
            digitalAssetAddress: accountAddress,
            recipient: accountAddress,
          }),
      ],
      mintSoulBoundTransaction: [
        MISSING,
        () =>
          aptos.mintSoulBoundTransaction({
            account: alice,
            collection: 'c',
            description: '',
            name: 'n',
            uri: '',
            recipient: accountAddress,
          }),
      ],
      burnDigitalAssetTransaction: [MISSING, () => aptos.burnDigitalAssetTransaction(asset)],
      freezeDigitalAssetTransaferTransaction: [MISSING, () => aptos.freezeDigitalAssetTransaferTransaction(asset)],
      unfreezeDigitalAssetTransaferTransaction: [MISSING, () => aptos.unfreezeDigitalAssetTransaferTransaction(asset)],
      setDigitalAssetDescriptionTransaction: [
        MISSING,
        () => aptos.setDigitalAssetDescriptionTransaction({ ...asset, description: 'd' }),
      ],
      setDigitalAssetNameTransaction: [MISSING, () => aptos.setDigitalAssetNameTransaction({ ...asset, name: 'n' })],
      setDigitalAssetURITransaction: [MISSING, () => aptos.setDigitalAssetURITransaction({ ...asset, uri: 'u' })],
      addDigitalAssetPropertyTransaction: [MISSING, () => aptos.addDigitalAssetPropertyTransaction(property)],
      removeDigitalAssetPropertyTransaction: [MISSING, () => aptos.removeDigitalAssetPropertyTransaction(property)],
      updateDigitalAssetPropertyTransaction: [MISSING, () => aptos.updateDigitalAssetPropertyTransaction(property)],
      addDigitalAssetTypedPropertyTransaction: [MISSING, () => aptos.addDigitalAssetTypedPropertyTransaction(property)],
      updateDigitalAssetTypedPropertyTransaction: [
        MISSING,
        () => aptos.updateDigitalAssetTypedPropertyTransaction(property),
      ],
      getNumberOfDelegators: [STAKING, () => aptos.getNumberOfDelegators({ poolAddress: accountAddress })],
      getNumberOfDelegatorsForAllPools: [STAKING, () => aptos.getNumberOfDelegatorsForAllPools()],
      getDelegatedStakingActivities: [
        STAKING,
        () => aptos.getDelegatedStakingActivities({ poolAddress: accountAddress, delegatorAddress: accountAddress }),
      ],
      getOwnerAddress: [NAMES, () => aptos.getOwnerAddress(name)],
      getTargetAddress: [NAMES, () => aptos.getTargetAddress(name)],
      setTargetAddress: [NAMES, () => aptos.setTargetAddress({ ...name, address: accountAddress })],
      ...(version === '6' && { clearTargetAddress: [NAMES, () => clearTargetAddress(name)] as const }),
      getPrimaryName: [NAMES, () => aptos.getPrimaryName({ address: accountAddress })],
      setPrimaryName: [NAMES, () => aptos.setPrimaryName(name)],
      registerName: [
        NAMES,
        () =>
          aptos.registerName({
            ...name,
            expiration: { policy: 'domain' },
            targetAddress: accountAddress,
            toAddress: accountAddress,
          }),
      ],
      renewDomain: [NAMES, () => aptos.renewDomain(name)],
      getName: [NAMES, () => aptos.getName(name)],
      getAccountNames: [NAMES, () => aptos.getAccountNames({ accountAddress })],
      getAccountDomains: [NAMES, () => aptos.getAccountDomains({ accountAddress })],
      getAccountSubdomains: [NAMES, () => aptos.getAccountSubdomains({ accountAddress })],
      getDomainSubdomains: [NAMES, () => aptos.getDomainSubdomains({ domain: 'alice' })],
      addAuthenticationFunctionTransaction: [
        MISSING,
        () => aptos.account.abstraction.addAuthenticationFunctionTransaction(abstraction),
      ],
      removeAuthenticationFunctionTransaction: [
        MISSING,
        () => aptos.account.abstraction.removeAuthenticationFunctionTransaction(abstraction),
      ],
      removeDispatchableAuthenticatorTransaction: [
        MISSING,
        () => aptos.account.abstraction.removeDispatchableAuthenticatorTransaction(abstraction),
      ],
      getAuthenticationFunction: [
        MISSING,
        () => aptos.account.abstraction.getAuthenticationFunction({ accountAddress }),
      ],
    };
  }

  /** Only version 6 has it. */
  function clearTargetAddress(args: { sender: sdk5.Account; name: string }): Promise<unknown> {
    const { clearTargetAddress: clear } = aptos as unknown as Record<string, (given: object) => Promise<unknown>>;
    return clear ? clear.call(aptos, args) : Promise.resolve('not there');
  }

  it('is in the table of docs/devchain.md, method by method', () => {
    const table = documented();
    const own = methods();
    expect(own.length).toBeGreaterThan(100);
    expect(own.filter((name) => !table.has(name))).toEqual([]);
    // The table has what either version has.
    const gone = [...table.keys()].filter((name) => !own.includes(name) && !PARTS.includes(name));
    expect(gone).toEqual(version === '6' ? [] : ['clearTargetAddress']);
  });

  it('is refused where the table says so, with a reason', async () => {
    const refused = [...documented()].filter(([, kind]) => kind === 'refused').map(([name]) => name);
    const callable = refused.filter((name) => !OFF_CHAIN.includes(name) && methods().includes(name));
    expect(Object.keys(calls).toSorted()).toEqual(callable.toSorted());
    for (const [name, [reason, call]] of Object.entries(calls)) expect(await outcome(call), name).toMatch(reason);
  });

  it('is told by the simulation what code is missing', async () => {
    const transaction = await aptos.createCollectionTransaction({
      creator: alice,
      description: '',
      name: 'c',
      uri: '',
    });
    const [simulated] = await aptos.transaction.simulate.simple({ transaction });
    expect(simulated?.vm_status).toBe('LINKER_ERROR\nExecution failed with message: no module 0x4::aptos_token');
  });

  it('says undefined for when a name expires, since none is registered', async () => {
    expect(await aptos.getExpiration({ name: 'alice.apt' })).toBeUndefined();
  });
});
