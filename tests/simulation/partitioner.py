"""Where a key lies: Kafka's default partitioner, murmur2 over the key's bytes (KIP-480 for keyed records)."""

MULTIPLIER = 0x5BD1E995
SEED = 0x9747B28C
WORD = 0xFFFF_FFFF


def murmur2(key: bytes) -> int:
    """Austin Appleby's MurmurHash2, 32 bits, with the seed that Kafka uses."""
    state = SEED ^ len(key)
    whole = len(key) - len(key) % 4
    for at in range(0, whole, 4):
        word = int.from_bytes(key[at : at + 4], "little") * MULTIPLIER & WORD
        word = (word ^ word >> 24) * MULTIPLIER & WORD
        state = (state * MULTIPLIER & WORD) ^ word
    if rest := key[whole:]:
        state = (state ^ int.from_bytes(rest, "little")) * MULTIPLIER & WORD
    state = (state ^ state >> 13) * MULTIPLIER & WORD
    return state ^ state >> 15


def partition_of(key: str, partitions: int) -> int:
    """The partition of a key in a topic with so many."""
    return (murmur2(key.encode()) & 0x7FFF_FFFF) % partitions
