/// Makes the signer of any address: only for the framework's own modules.
module aptos_framework::create_signer {
    friend aptos_framework::account;
    friend aptos_framework::aptos_account;
    friend aptos_framework::coin;
    friend aptos_framework::genesis;
    friend aptos_framework::multisig_account;
    friend aptos_framework::object;

    native public(friend) fun create_signer(addr: address): signer;
}
