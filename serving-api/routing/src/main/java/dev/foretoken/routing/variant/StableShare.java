package dev.foretoken.routing.variant;

/** Where a key lies between 0 and 1: always at the same place, the same in every gateway, and elsewhere for another salt. */
final class StableShare {

    private static final long PRIME = 0x100000001b3L;
    private static final long OFFSET = 0xcbf29ce484222325L;

    private StableShare() {}

    /** In [0, 1): FNV-1a over salt and key, then the finalizer of SplitMix64, since FNV alone leaves the high bits of short keys alike. */
    static double of(String salt, String key) {
        long hash = add(add(OFFSET, salt) * PRIME, key);
        hash = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
        hash = (hash ^ (hash >>> 27)) * 0x94d049bb133111ebL;
        hash ^= hash >>> 31;
        return (hash >>> 11) * 0x1p-53;
    }

    private static long add(long hash, String text) {
        long sum = hash;
        for (int i = 0; i < text.length(); i++) {
            sum = (sum ^ text.charAt(i)) * PRIME;
        }
        return sum;
    }
}
