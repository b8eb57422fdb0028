/// One transaction of a channel, read from the batch that holds it ([T1], [T2] of docs/protocol.md).
module rooch::call {
    use std::error;
    use std::string::{Self, String};
    use rooch::codec::{Self, Reader};

    friend rooch::replay;

    /// The bytes are not transactions, or fewer than the header says.
    const E_NOT_TRANSACTIONS: u64 = 171;
    /// The transaction is neither a call nor a tick, or has type arguments: it cannot be replayed.
    const E_NOT_REPLAYABLE: u64 = 172;

    /// What was called in the channel.
    struct Call has copy, drop {
        /// The node key of who called; empty: the leader's timer did.
        sender: vector<u8>,
        module_address: address,
        module_name: String,
        function_name: String,
        /// In BCS, without the sender.
        args: vector<vector<u8>>
    }

    /// The batch's transaction number `index`, from 0. Those before it are read, too: only then is it clear where it begins.
    public(friend) fun decode(transactions: vector<u8>, index: u64): Call {
        let reader = codec::new(transactions);
        let count = reader.read_length();
        assert!((index < count), error::invalid_argument(E_NOT_TRANSACTIONS));
        for (i in 0..index) skip_transaction(&mut reader);
        decode_transaction(&mut reader)
    }

    public(friend) fun sender(self: &Call): vector<u8> {
        self.sender
    }

    public(friend) fun module_address(self: &Call): address {
        self.module_address
    }

    public(friend) fun module_name(self: &Call): String {
        self.module_name
    }

    public(friend) fun function_name(self: &Call): String {
        self.function_name
    }

    public(friend) fun args(self: &Call): vector<vector<u8>> {
        self.args
    }

    fun decode_transaction(reader: &mut Reader): Call {
        let kind = reader.read_length();
        // A tick.
        if (kind == 3) {
            return Call {
                sender: vector[],
                module_address: @0x0,
                module_name: string::utf8(b""),
                function_name: string::utf8(b""),
                args: vector[]
            }
        };
        assert!(kind == 0, error::invalid_argument(E_NOT_REPLAYABLE));
        let sender = reader.read_32_bytes();
        reader.read_u64();
        let action = reader.read_length();
        assert!(action == 0, error::invalid_argument(E_NOT_REPLAYABLE));
        let module_address = reader.read_address();
        let module_name = reader.read_string();
        let function_name = reader.read_string();
        let type_args = reader.read_length();
        assert!(type_args == 0, error::invalid_argument(E_NOT_REPLAYABLE));
        let args = vector[];
        let count = reader.read_length();
        for (i in 0..count) args.push_back(reader.read_bytes());
        Call { sender, module_address, module_name, function_name, args }
    }

    fun skip_transaction(reader: &mut Reader) {
        let kind = reader.read_length();
        if (kind == 0) {
            reader.read_32_bytes();
            reader.read_u64();
            let action = reader.read_length();
            assert!((action <= 2), error::invalid_argument(E_NOT_TRANSACTIONS));
            if (action == 0) skip_call(reader);
            // The signature: 64 bytes.
            reader.read_32_bytes();
            reader.read_32_bytes();
        } else if (kind == 1) {
            reader.read_address();
            reader.read_32_bytes();
            reader.read_u64();
            if (reader.read_bool()) {
                skip_struct_tag(reader);
                skip_bytes(reader);
            }
        } else if (kind == 2) {
            reader.read_address();
            reader.read_u64();
        } else assert!(kind == 3 || kind == 4, error::invalid_argument(E_NOT_TRANSACTIONS));
    }

    fun skip_call(reader: &mut Reader) {
        reader.read_address();
        skip_bytes(reader);
        skip_bytes(reader);
        let type_args = reader.read_length();
        for (i in 0..type_args) skip_type_tag(reader);
        let args = reader.read_length();
        for (i in 0..args) skip_bytes(reader);
    }

    fun skip_struct_tag(reader: &mut Reader) {
        reader.read_address();
        skip_bytes(reader);
        skip_bytes(reader);
        let type_args = reader.read_length();
        for (i in 0..type_args) skip_type_tag(reader);
    }

    fun skip_type_tag(reader: &mut Reader) {
        let kind = reader.read_length();
        if (kind == 6) skip_type_tag(reader)
        else if (kind == 7) skip_struct_tag(reader)
        else assert!((kind <= 10), error::invalid_argument(E_NOT_TRANSACTIONS));
    }

    fun skip_bytes(reader: &mut Reader) {
        reader.read_bytes();
    }

    // ---- For tests

    #[test_only]
    public fun decode_for_test(transactions: vector<u8>, index: u64): Call {
        decode(transactions, index)
    }

    #[test_only]
    public fun args_for_test(self: &Call): vector<vector<u8>> {
        self.args
    }
}
