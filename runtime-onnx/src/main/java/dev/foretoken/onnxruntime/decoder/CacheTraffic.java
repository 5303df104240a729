package dev.foretoken.onnxruntime.decoder;

/**
 * Bytes of caches that were copied so far.
 *
 * @param moved when sequences joined, left or ended their prompt, between places of the runtime
 * @param grown by the graph itself, which writes whole caches anew for every token
 */
public record CacheTraffic(long moved, long grown) {

    CacheTraffic plus(CacheTraffic other) {
        return new CacheTraffic(moved + other.moved, grown + other.grown);
    }
}
