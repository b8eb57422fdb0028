/// Bytes that are too long for one transaction, put on the chain in parts by whoever wants to use them in a later one.
module rooch::parcel {
    use std::error;
    use std::signer;

    friend rooch::state_channel;

    /// The parcel would become larger than one may be.
    const E_PARCEL_SIZE: u64 = 165;
    /// The account has no parcel.
    const E_NO_PARCEL: u64 = 166;

    /// As much as Aptos lets one resource be, less what is around it.
    const PARCEL_BYTES_MAX: u64 = 1_000_000;

    struct Parcel has key {
        bytes: vector<u8>
    }

    /// Adds a part to the sender's parcel.
    public entry fun put_entry(sender: &signer, part: vector<u8>) acquires Parcel {
        let owner = signer::address_of(sender);
        if (!exists<Parcel>(owner)) {
            move_to(sender, Parcel { bytes: vector[] });
        };
        let parcel = borrow_global_mut<Parcel>(owner);
        assert!(
            (parcel.bytes.length() + part.length() <= PARCEL_BYTES_MAX),
            error::resource_exhausted(E_PARCEL_SIZE)
        );
        parcel.bytes.append(part);
    }

    /// Throws the sender's parcel away.
    public entry fun discard_entry(sender: &signer) acquires Parcel {
        take(sender);
    }

    /// The sender's parcel, which is one no more.
    public(friend) fun take(sender: &signer): vector<u8> acquires Parcel {
        let owner = signer::address_of(sender);
        assert!(exists<Parcel>(owner), error::not_found(E_NO_PARCEL));
        let Parcel { bytes } = move_from<Parcel>(owner);
        bytes
    }

    #[view]
    /// How many bytes the account has put together; 0 without a parcel.
    public fun size(owner: address): u64 acquires Parcel {
        if (exists<Parcel>(owner)) borrow_global<Parcel>(owner).bytes.length() else 0
    }
}
