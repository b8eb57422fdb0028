// 0x1::code: what is asked here is done by the chain once the transaction has run (it sees the call itself), so the natives do nothing.

import { host, type NativeModule } from './native.ts';

const nothing = host(
  (gas) => gas.natives.code.requestPublish,
  () => () => undefined,
);

export const CODE: NativeModule = { request_publish: nothing };
