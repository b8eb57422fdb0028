// What the development wallet is called, apart from its code, which is loaded on the local chain only.

export const DEV_WALLET_NAME = 'Development wallet';
